// A thousand simulated devices with an alertStream each, in a process of their own.
import { StreamDevice } from '../../dist/src/simulator/alert-stream.js';

let devices = [];
let sent = [];

async function start({ count, heartbeatMs }) {
  devices = await Promise.all(Array.from({ length: count }, () => StreamDevice.start({ heartbeatMs })));
  return { ports: devices.map(({ port }) => port) };
}

/** Events of some of the devices, evenly spread, each with its own number. */
function burst({ count, perSecond, seconds }) {
  const total = count * perSecond * seconds;
  sent = [];
  const begun = Date.now();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((Date.now() - begun) / 1000) * count * perSecond));
      while (sent.length < due) {
        const number = sent.length;
        sent.push(String(process.hrtime.bigint()));
        devices[number % count].event({ count: number });
      }
      if (sent.length < total) return;
      clearInterval(timer);
      setTimeout(() => resolve({ sent }), 1000);
    }, 5);
  });
}

const streams = async () => ({ open: devices.reduce((sum, device) => sum + device.streams, 0) });

process.on('message', async (order) => {
  try {
    process.send(await { start, streams, burst }[order.kind](order));
  } catch (error) {
    process.send({ error: error.message });
  }
});
