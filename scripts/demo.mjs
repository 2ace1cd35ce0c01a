// The demo: Node-RED with this package and its two examples, a mail server and a Telegram stand-in on this machine,
// and simulated devices that push alarms. Needs a build. Everything it writes goes to .demo/.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {
  GATE_SCENES,
  RECORDER_SCENES,
  simulatedCamera,
  simulatedRecorder,
} from '../dist/src/simulator/hikvision.js';
import { startMailServer } from '../dist/test/support/mail-server.js';
import { exampleFlow, freePort, startNodeRed } from '../dist/test/support/node-red.js';
import { startTelegramServer } from '../dist/test/support/telegram-server.js';

const root = path.resolve(import.meta.dirname, '..');
const userDir = path.join(root, '.demo');
const port = Number(process.env.PORT || 1880);
const SECRET = 'demoSecret12';
/** Seconds between two alarms, and for how long the flows hold back repeats of one. */
const PAUSE = 6;
const COOL_DOWN = '20';

const isFree = (wanted) =>
  new Promise((resolve) => {
    const probe = net.createServer().once('error', () => resolve(false));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

const say = (text) => console.log(`${new Date().toTimeString().slice(0, 8)}  ${text}`);
const kilobytes = (bytes) => `${Math.round(bytes / 1024)} KB`;

const stops = [];
let stopping;
function stop(code) {
  stopping ??= (async () => {
    for (const each of stops.reverse()) await each().catch(() => undefined);
    process.exit(code);
  })();
  return stopping;
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));

const arrived = new Set();
function ready(way) {
  if (arrived.size === 2) return;
  arrived.add(way);
  if (arrived.size === 2) console.log(`ready: http://127.0.0.1:${port}`);
}

let mailCount = 0;
function onMail({ raw, mail }) {
  const file = path.join(userDir, 'mails', `${String(++mailCount).padStart(3, '0')}.eml`);
  writeFileSync(file, raw);
  const pictures = mail.attachments.map((each) => `${each.filename} ${kilobytes(each.size)}`).join(', ');
  say(`e-mail    ${mail.subject} [${pictures || 'no picture'}]  ${path.relative(process.cwd(), file)}`);
  ready('mail');
}

function onCall({ fields }) {
  const [line] = String(fields.caption ?? fields.text ?? '').split('\n');
  say(`Telegram  ${line.trim()} [${fields.photo ? `photo ${kilobytes(fields.photo.length)}` : 'text only'}]`);
  ready('telegram');
}

/** The flows as they ship, pointed at the servers of this demo. Both examples share one listener. */
function demoFlows(mailPort, telegramUrl, listenerPort) {
  const changes = {
    'alarm-listener': { host: '127.0.0.1', port: String(listenerPort) },
    'e-mail': { server: '127.0.0.1', port: String(mailPort), authtype: 'NONE', secure: false, tls: false },
    'telegram bot': { baseapiurl: telegramUrl },
    trigger: { duration: COOL_DOWN, name: `one in ${COOL_DOWN} s` },
  };
  const nodes = ['01-motion-picture-by-email', '02-motion-picture-to-telegram'].flatMap((name) =>
    exampleFlow(name, changes),
  );
  return [...new Map(nodes.map((node) => [node.id, node])).values()];
}

async function* alarms() {
  const devices = [
    ['gate camera', simulatedCamera(), GATE_SCENES],
    ['recorder', simulatedRecorder(), RECORDER_SCENES],
  ];
  for (let round = 0; ; round++) {
    for (const [name, device, scenes] of devices)
      yield { name, device, scene: scenes[round % scenes.length] };
  }
}

async function run() {
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new Error(`PORT is not a port: ${process.env.PORT}`);
  if (!(await isFree(port))) {
    throw new Error(
      `Port ${port} is in use by another program. Stop it, or choose another port: PORT=1990 npm start`,
    );
  }
  rmSync(userDir, { recursive: true, force: true });
  mkdirSync(path.join(userDir, 'mails'), { recursive: true });
  const mailServer = await startMailServer(onMail);
  stops.push(() => mailServer.stop());
  const telegram = await startTelegramServer(onCall);
  stops.push(() => telegram.stop());
  const listenerPort = await freePort();
  const nodeRed = await startNodeRed({
    port,
    userDir,
    modules: ['node-red-node-email', 'node-red-contrib-telegrambot'],
    flows: demoFlows(mailServer.port, telegram.url, listenerPort),
    credentials: {
      'camera-alarms-listener': { secret: SECRET },
      'alarm-by-email-mail': { userid: 'cameras@example.com' },
      'alarm-to-telegram-bot': { token: '1:demo' },
    },
  });
  stops.push(() => nodeRed.stop());
  nodeRed.process.once('exit', () => {
    if (stopping === undefined) console.error(`Node-RED has stopped:\n${nodeRed.log().slice(-2000)}`);
    stop(1);
  });
  await nodeRed.said(/waiting for alarms on port/);
  say(`simulated devices push to http://127.0.0.1:${listenerPort}/${SECRET}/isapi; Ctrl-C stops everything`);
  const target = { host: '127.0.0.1', port: listenerPort, path: `/${SECRET}/isapi` };
  for await (const { name, device, scene } of alarms()) {
    if (stopping !== undefined) return;
    const answer = await device.push(target, scene).catch((error) => error.message);
    say(`alarm     ${name}: ${scene.eventType}, ${scene.channelName} -> ${answer.split('\r\n', 1)[0]}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE * 1000));
    if (stopping !== undefined) return;
    await device.push(target, scene, 'inactive').catch(() => undefined);
  }
}

run().catch((error) => {
  console.error(error.message);
  return stop(1);
});
