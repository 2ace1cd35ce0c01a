// Receives datagrams: a bare socket that counts, or our listener with its inbox and a subscriber that counts alarms.
import { createSocket } from 'node:dgram';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { LIMITS } from '../../dist/src/limits.js';
import { UdpListener } from '../../dist/src/sources/udp-listener.js';
import { isapi } from '../../dist/src/vendors/isapi/index.js';

const [, , kind, perSender] = process.argv;
const lag = monitorEventLoopDelay({ resolution: 1 });
lag.enable();
let count = 0;
let dropped = () => 0;

function startBare() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
    socket.setRecvBufferSize(LIMITS.udpKernelBytes);
    process.send({ port: socket.address().port });
  });
  socket.on('message', () => count++);
}

/** What is left of our listener when nothing is read. */
const blank = { ...isapi, heartbeat: () => undefined, decode: () => [] };

function startOurs(vendor) {
  const settings = { port: 0, mode: 'unicast', group: '', interface: '127.0.0.1', allow: '' };
  const listener = new UdpListener(settings, vendor, {
    limits: { ...LIMITS, udpPerSender: Number(perSender) },
    onState: (state) => state.state === 'listening' && process.send({ port: state.port }),
  });
  listener.subscribe({ alarm: () => count++, sign: () => undefined });
  if (vendor === blank) blank.heartbeat = () => void count++;
  listener.start();
  dropped = () => Object.values(listener.counters.dropped).reduce((sum, each) => sum + each, 0);
}

if (kind === 'bare') startBare();
else startOurs(kind === 'blank' ? blank : isapi);

let droppedBefore = 0;
process.on('message', () => {
  process.send({ count, dropped: dropped() - droppedBefore, lag: lag.percentile(99) / 1e6 });
  count = 0;
  droppedBefore = dropped();
  lag.reset();
});
process.on('disconnect', () => process.exit());
