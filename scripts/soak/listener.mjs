// The listener of P28 in a process of its own: deployed again and again as Node-RED does, with its alarms on disk.
import { readdirSync } from 'node:fs';
import { folderDisk } from '../../dist/src/inbox/spool/disk.js';
import { LIMITS } from '../../dist/src/limits.js';
import { HttpListener } from '../../dist/src/sources/http-listener.js';
import { isapi } from '../../dist/src/vendors/isapi/index.js';
import { numberOf } from '../../dist/test/promises/support/numbered.js';
import { SETTINGS } from '../../dist/test/support/listener.js';

const [folder] = process.argv.slice(2);
// What was in a flow when it was deployed comes again, slowly: at this speed, what is new behind it would fill the disk.
const limits = { ...LIMITS, redeliveriesPerSecond: 100_000 };
/** How often each number came, and how often without being marked as one that may have come before. */
const came = new Uint8Array(10_000_000);
const asNew = new Uint8Array(came.length);
let port = 0;
let stop = async () => undefined;

function start() {
  return new Promise((resolve, reject) => {
    const listener = new HttpListener(
      { ...SETTINGS, port },
      {
        limits,
        keep: { disk: folderDisk(folder), sync: true, confirmed: false },
        onState: (state) => {
          if (state.state === 'listening') {
            ({ port } = state);
            resolve();
          } else if (state.state === 'retrying') reject(new Error('the port was not free'));
        },
        onError: (error) => {
          throw error;
        },
      },
    );
    const leave = listener.inbox('/isapi', isapi).subscribe({
      alarm: (alarm) => {
        const number = numberOf(alarm);
        came[number]++;
        if (alarm.event.redelivered !== true) asNew[number]++;
        alarm.receipt?.handed();
      },
      sign: () => undefined,
    });
    stop = () => {
      leave();
      return listener.stop();
    };
    listener.start();
  });
}

function measure() {
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    rss,
    heap: heapUsed,
    files: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length,
  };
}

/** Of the numbers up to the last one that was answered. */
function tally(answered) {
  let lost = 0;
  let twice = 0;
  let unmarked = 0;
  for (let number = 1; number <= answered; number++) {
    if (came[number] === 0) lost++;
    if (came[number] > 1) twice++;
    if (asNew[number] > 1) unmarked++;
  }
  return { lost, twice, unmarked };
}

process.on('message', async (order) => {
  if (order === 'deploy') {
    await stop();
    await start();
    process.send({ port });
  } else if (order === 'measure') process.send(measure());
  else if (order === 'end') {
    await stop();
    process.send({ ended: true });
  } else process.send(tally(order.answered));
});
process.on('disconnect', () => process.exit());
