// A process that receives with our listener, as its argument says, and reports what comes.
import { Socket } from 'node:dgram';
import { mock } from 'node:test';
import { LIMITS, type Limits } from '../../src/limits.js';
import { UdpListener, type UdpSettings } from '../../src/sources/udp-listener.js';
import { isapi } from '../../src/vendors/isapi/index.js';

/** What it says: that it listens, an alarm with its number, or that it has lost its groups. */
export type UdpReport =
  | { readonly port: number }
  | { readonly count: number; readonly address: string | undefined }
  | { readonly lost: true };

export interface ReceiverPlan {
  readonly settings: UdpSettings;
  readonly limits?: Partial<Limits>;
}

const { settings, limits } = JSON.parse(process.argv[2] ?? '') as ReceiverPlan;
const report = (what: UdpReport) => process.send?.(what);

/** The memberships it has asked for, so that it can lose them as with a link that is taken away. */
const joined = mock.method(Socket.prototype, 'addMembership').mock;

const listener = new UdpListener(settings, isapi, {
  limits: { ...LIMITS, sameNotificationMs: 0, ...limits },
  onState: (state) => {
    if (state.state === 'listening') report({ port: state.port });
  },
});
listener.subscribe({
  alarm: ({ event }) =>
    report({ count: Number(event.document['activePostCount']), address: event.device.address }),
  sign: () => undefined,
});
listener.start();

process.on('message', () => {
  for (const { this: socket, arguments: asked, error } of joined.calls) {
    if (error === undefined) (socket as Socket).dropMembership(...asked);
  }
  joined.resetCalls();
  report({ lost: true });
});
process.on('disconnect', () => process.exit());
