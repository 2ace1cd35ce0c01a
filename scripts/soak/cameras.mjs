// The cameras of P28 in a process of their own: each pushes its next alarm as soon as the last one is answered, and the
// same once more when it is not.
import { setTimeout as pause } from 'node:timers/promises';
import { Door, push } from '../../dist/test/promises/support/fleet.js';
import { numberedPushes } from '../../dist/test/promises/support/numbered.js';

const [cameras] = process.argv.slice(2).map(Number);
const PICTURES = true;
/** A listener that was away is back soon. */
const AGAIN_MS = 50;
const SHOWN_MS = 10_000;
const STEPS_PER_MS = 10;
/** Answers by how long they took. */
const times = new Uint32Array(SHOWN_MS * STEPS_PER_MS + 1);
const door = new Door();
let most = 0;
let lastNumber = 0;
let answered = 0;
let again = 0;
let finishing = false;
let working;

async function drive(camera) {
  const pushes = numberedPushes(camera, PICTURES);
  while (lastNumber < most && !finishing) {
    const bytes = pushes(++lastNumber);
    for (;;) {
      const port = await door.port;
      const started = performance.now();
      if (await push(port, bytes, `127.0.0.${2 + (camera % 8)}`)) {
        const step = Math.round((performance.now() - started) * STEPS_PER_MS);
        times[Math.min(times.length - 1, step)]++;
        break;
      }
      again++;
      await pause(AGAIN_MS);
    }
    answered++;
  }
}

function quantile(share) {
  let seen = 0;
  let step = 0;
  while (seen < answered * share) seen += times[step++];
  return step / STEPS_PER_MS;
}

process.on('message', async (order) => {
  if (order.kind === 'start') {
    ({ most } = order);
    door.open(order.port);
    working ??= Promise.all(Array.from({ length: cameras }, (_, camera) => drive(camera)));
    process.send({});
  } else if (order.kind === 'count') process.send({ pushes: answered });
  else {
    finishing = true;
    await working;
    const slowest = times.findLastIndex((count) => count > 0) / STEPS_PER_MS;
    process.send({ answered, again, p50: quantile(0.5), p99: quantile(0.99), most: slowest });
  }
});
process.on('disconnect', () => process.exit());
