import { type Behaviour, behaviourOf } from './behaviour.js';
import { type Detector, linkedBut } from './events-behaviour.js';
import { type CameraSlot, cameraHosts } from './factory-hosts.js';
import { FAULTS } from './faults.js';

/** The listener that a device should push to. */
export interface ListenerPlace {
  readonly address: string;
  readonly port: number;
  /** With the secret as its first part. */
  readonly path: string;
}

/** Something that keeps alarms away, and what a doctor should notice. */
export interface Misconfiguration {
  readonly behaviour: Partial<Behaviour>;
  readonly notice: string;
}

/** At an address for documents, which nobody answers. */
export const LISTENER: ListenerPlace = { address: '198.51.100.10', port: 8089, path: '/Kx7pQ2mWz9aB/isapi' };

const ON: Detector = { enabled: true, drawn: true, schedule: 'always' };

const pushingTo = ({ address, port, path }: ListenerPlace, wrong: Partial<CameraSlot> = {}) =>
  cameraHosts([{ address, port, url: path, ...wrong }]);

/** A camera with which nothing is wrong: it pushes to the listener, and its events are drawn, armed and linked. */
export function wellConfigured(listener: ListenerPlace = LISTENER): Partial<Behaviour> {
  return {
    configured: pushingTo(listener),
    triggers: linkedBut(),
    detectors: { motion: ON, line: ON, field: ON },
  };
}

/** The same camera with one thing wrong each. */
export function misconfigurations(listener: ListenerPlace = LISTENER) {
  const wrong = (behaviour: Partial<Behaviour>, notice: string): Misconfiguration => ({
    behaviour: behaviourOf(wellConfigured(listener), behaviour),
    notice,
  });
  const slot = (change: Partial<CameraSlot>, notice: string) =>
    wrong({ configured: pushingTo(listener, change) }, notice);
  const motion = (change: Partial<Detector>) => ({
    detectors: { motion: { ...ON, ...change }, line: ON, field: ON },
  });
  return {
    wrongPassword: wrong({ login: { password: 'Another-1' } }, 'the device refuses user or password'),
    lockedAccount: wrong({ locked: true }, 'the account is locked, and for how long'),
    basicLogin: wrong(
      { login: { algorithms: [], basic: true } },
      'the device wants the password in the clear (Basic)',
    ),
    readOnlyUser: wrong({ rights: 'operator' }, 'the user may read and not change'),
    guestUser: wrong({ rights: 'guest' }, 'the user may not read the settings: 403, lowPrivilege'),
    notActivated: wrong({ activated: false }, 'the device is as from the factory and has no password yet'),
    clockAhead: wrong({ clock: 7 * 3600 }, 'the clock of the device is 7 hours ahead'),
    clockBehind: wrong({ clock: -400 }, 'the clock of the device is more than 5 minutes behind'),
    clockUnset: wrong({ clock: 'unset' }, 'the clock of the device was never set: 1970'),
    noEntry: wrong({ configured: undefined }, 'no slot points to the listener, three are free'),
    wrongPort: slot({ port: listener.port + 1 }, 'the entry has another port'),
    wrongPath: slot({ url: '/alarm' }, 'the entry has another url'),
    oldSecret: slot(
      { url: listener.path.replace(/^\/[^/]+/, '/Old1Secret2x') },
      'the entry is ours, with a secret that is no longer valid',
    ),
    wrongProtocol: slot({ protocol: 'HTTPS' }, 'the entry says HTTPS, the listener speaks HTTP'),
    wrongAddress: slot({ address: '198.51.100.99' }, 'the entry points to another address'),
    querystring: slot({ format: 'querystring' }, 'the entry asks for events in the query of the url'),
    wrongAuthentication: slot(
      { authentication: 'MD5digest', username: 'somebody' },
      'the entry has a login, the listener wants none',
    ),
    allSlotsTaken: wrong(FAULTS.allSlotsTaken, 'all slots belong to other servers'),
    noListening: wrong({ hosts: undefined, configured: undefined }, 'the device cannot push at all'),
    cannotReachUs: wrong({ test: 'always fails' }, 'the device says that it cannot connect to the listener'),
    motionNotLinked: wrong({ triggers: linkedBut('VMD-1') }, 'VMD does not notify the center'),
    lineNotLinked: wrong(
      { triggers: linkedBut('linedetection-1') },
      'linedetection does not notify the center',
    ),
    detectorDisabled: wrong(motion({ enabled: false }), 'motion detection is off'),
    scheduleEmpty: wrong(motion({ schedule: 'empty' }), 'motion detection is never armed: its week is empty'),
    scheduleZero: wrong(
      motion({ schedule: 'zero' }),
      'motion detection is never armed: its blocks have no length',
    ),
    regionEmpty: wrong(motion({ drawn: false }), 'no region is drawn for motion detection'),
    streamRefused: wrong(FAULTS.streamRefused, 'the alert stream is refused: too many clients'),
    streamSilent: wrong({ heartbeatMs: 0 }, 'the alert stream opens and has no heartbeat'),
    portClosed: wrong({ door: 'closed' }, 'nobody listens at the port'),
    httpsOnly: wrong({ door: 'tls' }, 'the port speaks HTTPS, HTTP is hung up on'),
    redirectToHttps: wrong(
      {
        scripts: [
          { on: '* /**', answer: { kind: 'redirect', location: 'https://192.0.2.17/' }, early: true },
        ],
      },
      'the device sends HTTP to HTTPS',
    ),
    anotherServer: wrong(
      { scripts: [{ on: '* /**', answer: { kind: 'page' }, early: true }] },
      'a web page answers in place of ISAPI',
    ),
  } as const satisfies Readonly<Record<string, Misconfiguration>>;
}

export const MISCONFIGURATIONS = misconfigurations();
