// A process of peers that never finish what they have begun, nor close their side. Says `open` when all are connected.
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { LARGE, MULTIPART, multipart, request } from '../../sources/samples.js';
import { addressAt, kindAt, placeOf, type SlowPlan } from './slow-places.js';

/** More at a time would not fit into the system's queue, and knock again a second later. */
const AT_A_TIME = 50;

const PUSH = request(multipart(1, LARGE), { type: MULTIPART });
const BODY_AT = PUSH.indexOf('\r\n\r\n') + 4;
/** What is sent at once, and what then comes byte by byte. */
const SENT = {
  idle: [0, 0],
  head: [30, BODY_AT - 4],
  body: [BODY_AT + 100, PUSH.length],
} as const;

function open({ port, dripMs }: SlowPlan, place: number): Socket {
  const socket = net.connect({
    port,
    host: '127.0.0.1',
    localAddress: addressAt(place),
    allowHalfOpen: true,
  });
  socket.on('error', () => undefined);
  socket.resume();
  const [begin, end] = SENT[kindAt(place)];
  let at: number = begin;
  socket.write(PUSH.subarray(0, at));
  const dripping = setInterval(() => {
    if (at < end && socket.writable) socket.write(PUSH.subarray(at++, at));
  }, dripMs);
  return socket.on('close', () => clearInterval(dripping));
}

async function openAll(plan: SlowPlan): Promise<void> {
  const opened: Promise<unknown>[] = [];
  for (let index = 0; index < plan.count; index++) {
    opened.push(once(open(plan, placeOf(index)), 'connect'));
    if (index % AT_A_TIME === AT_A_TIME - 1) await pause(10);
  }
  await Promise.all(opened);
  process.send?.('open');
}

process.on('disconnect', () => process.exit());
void openAll(JSON.parse(process.argv[2] ?? '') as SlowPlan);
