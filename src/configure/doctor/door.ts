import { LoginRefused } from '../../device/login-pause.js';
import type { AlarmError, AlarmErrorCode } from '../../errors.js';
import type { Check } from '../check.js';
import { duration } from './clock.js';
import type { DoctorJob } from './job.js';

/** How far a question got, as a device that refuses it at one of its doors hides all that is behind. */
type Door = 'reachable' | 'protocol' | 'tls' | 'login' | 'activated' | 'isapi';

const ORDER: readonly Door[] = ['reachable', 'protocol', 'tls', 'login', 'activated', 'isapi'];

/** Which door was shut; other failures are those of a device that let us in. */
const SHUT: Partial<Record<AlarmErrorCode, Door>> = {
  DEVICE_NAME_UNKNOWN: 'reachable',
  DEVICE_REFUSED: 'reachable',
  DEVICE_TIMEOUT: 'reachable',
  DEVICE_UNREACHABLE: 'reachable',
  DEVICE_ANSWER_BROKEN: 'protocol',
  DEVICE_REDIRECTS: 'protocol',
  DEVICE_FINGERPRINT: 'tls',
  DEVICE_TLS: 'tls',
  DEVICE_LOGIN_MISSING: 'login',
  DEVICE_LOGIN_PLAIN: 'login',
  DEVICE_LOGIN_REFUSED: 'login',
  DEVICE_LOGIN_UNKNOWN: 'login',
  DEVICE_NOT_ACTIVATED: 'activated',
  DEVICE_ANSWER_TOO_LARGE: 'isapi',
  DEVICE_NOT_ISAPI: 'isapi',
};

/** What was found at the doors of a device. */
export interface DoorFindings {
  readonly checks: readonly Check[];
  /** Nothing further can be asked. */
  readonly shut: boolean;
}

/** From the address to the login. @param failure of the first question; undefined when it was answered */
export function checkDoors(job: DoctorJob, failure: AlarmError | undefined): DoorFindings {
  const at = failure && doorOf(job, failure);
  const passed = at === undefined ? ORDER : ORDER.slice(0, ORDER.indexOf(at));
  const checks = passed.flatMap((door) => OPEN[door](job));
  if (failure === undefined || at === undefined)
    return { checks: failure?.code === 'DEVICE_INFO_REFUSED' ? checks.slice(0, -1) : checks, shut: false };
  // One that was never given a password, or is no device of this kind, has not looked at the login.
  const known = at === 'activated' || at === 'isapi' ? checks.filter(({ id }) => !isLogin(id)) : checks;
  return { checks: [...known, ...shutChecks(job, at, failure)], shut: true };
}

const isLogin = (id: string) => id === 'login' || id === 'lock' || id === 'activated';

/** A port that speaks HTTPS hangs up on HTTP in a way of TLS. */
function doorOf({ address }: DoctorJob, { code }: AlarmError): Door | undefined {
  return code === 'DEVICE_TLS' && address.protocol === 'http' ? 'protocol' : SHUT[code];
}

const ok = (id: string, text: string): Check => ({ id, result: 'ok', text });
const problem = (id: string, text: string): Check => ({ id, result: 'problem', text });
const unknown = (id: string, text: string): Check => ({ id, result: 'unknown', text });

const placeOf = ({ address: { host, port } }: DoctorJob) => `${host}, port ${port}`;

/** What is said of a door that stood open. */
const OPEN: Readonly<Record<Door, (job: DoctorJob) => readonly Check[]>> = {
  reachable: (job) => [ok('reachable', `The device answers at ${placeOf(job)}.`)],
  protocol: ({ address }) => [ok('protocol', `It speaks ${address.protocol.toUpperCase()} there.`)],
  tls: ({ address }) => (address.protocol === 'https' ? [ok('tls', 'The connection is secure.')] : []),
  login: (job) => [ok('login', loginText(job)), ok('lock', 'The account is not locked.')],
  activated: () => [ok('activated', 'The device is activated.')],
  isapi: () => [ok('isapi', 'The device speaks ISAPI.')],
};

function loginText({ client, address }: DoctorJob): string {
  switch (client.loginKind) {
    case 'digest':
      return 'The device takes user name and password (Digest).';
    case 'basic':
      return address.protocol === 'https'
        ? 'The device takes user name and password (Basic, protected by HTTPS).'
        : 'The device takes user name and password (Basic): anyone on the network can read them, HTTPS is better.';
    case 'none':
      return 'The device asks for no login: anyone on the network can use it.';
  }
}

function shutChecks(job: DoctorJob, door: Door, failure: AlarmError): readonly Check[] {
  if (failure instanceof LoginRefused) return refusedChecks(failure);
  return [problem(door, (WORDS[failure.code] ?? (() => `${failure.message}.`))(job))];
}

/** What is the matter, and what to do. */
const WORDS: Partial<Record<AlarmErrorCode, (job: DoctorJob) => string>> = {
  DEVICE_NAME_UNKNOWN: ({ address }) =>
    `The name ${address.host} is not known on this network: check it, or use the IP address of the device.`,
  DEVICE_REFUSED: (job) =>
    `Nothing takes connections at ${placeOf(job)}: check the port, and that HTTP or HTTPS is on in the device.`,
  DEVICE_TIMEOUT: (job) =>
    `Nothing answers in time at ${placeOf(job)}: check address and port, and that the device is on.`,
  DEVICE_UNREACHABLE: (job) =>
    `No way leads to ${placeOf(job)}: check the address, and that the device is on and on this network.`,
  DEVICE_ANSWER_BROKEN: ({ address }) =>
    address.protocol === 'http'
      ? 'The device hangs up on HTTP, or answers something else: try HTTPS, usually at port 443.'
      : 'The device breaks off, or answers something else than HTTPS: check protocol and port.',
  DEVICE_REDIRECTS: ({ address }) =>
    address.protocol === 'http'
      ? 'The device sends HTTP to another address: choose HTTPS, usually at port 443.'
      : 'The device sends us to another address: use that one.',
  DEVICE_FINGERPRINT: () =>
    'The certificate of the device is not the one that was pinned: if it made a new one, pin that one.',
  DEVICE_TLS: ({ address }) =>
    address.protocol === 'http'
      ? 'This port speaks HTTPS: choose HTTPS.'
      : 'No secure connection: pin the certificate or switch its check off, or choose HTTP if the port speaks that.',
  DEVICE_LOGIN_MISSING: () => 'The device asks for a login: fill in user name and password.',
  DEVICE_LOGIN_PLAIN: () =>
    'The device wants the password unprotected (Basic): set it to Digest, use HTTPS, or allow Basic login.',
  DEVICE_LOGIN_UNKNOWN: () =>
    'The device asks for a kind of login that is not known here: set its web login to Digest.',
  DEVICE_NOT_ACTIVATED: () =>
    'The device is as from the factory and has no password yet: activate it on its own page.',
  DEVICE_ANSWER_TOO_LARGE: () => 'Something that is no camera answers: check address and port.',
  DEVICE_NOT_ISAPI: () =>
    'Something else than ISAPI answers: check address and port, and that ISAPI is switched on in the device.',
};

/** About five wrong logins lock an account: which is why nothing is tried after the first one (isapi.md §11.4). */
function refusedChecks({ check }: LoginRefused): readonly Check[] {
  const { locked, lockedSeconds, triesLeft } = check;
  if (locked) {
    const time = lockedSeconds > 0 ? ` for ${duration(lockedSeconds)}` : '';
    return [
      unknown('login', 'Whether the password is right cannot be told while the account is locked.'),
      problem(
        'lock',
        `The account is locked${time}: wait, or restart the device, and correct whatever logs in wrongly.`,
      ),
    ];
  }
  const refused = problem(
    'login',
    'The device refuses user name or password: correct them. Nothing more was tried, so that it does not lock.',
  );
  if (triesLeft === undefined) return [refused, unknown('lock', 'The device does not say if it is locked.')];
  const tries = triesLeft === 1 ? 'one more wrong login locks it' : `${triesLeft} more wrong logins lock it`;
  return [refused, ok('lock', `The account is not locked; ${tries}.`)];
}
