// The demo: Node-RED with this package and five of its examples, a mail server and a Telegram stand-in on this machine,
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
import { EventPushRecorder } from '../dist/src/simulator/recorder/event-push-recorder.js';
import { lineCrossing, motion } from '../dist/src/simulator/recorder/scenes.js';
import { PushCamera } from '../dist/src/simulator/vstarcam/push-camera.js';
import { DOORBELL_SCENES } from '../dist/src/simulator/vstarcam/scenes.js';
import { mailBy, startMailServer } from '../dist/test/support/mail-server.js';
import { exampleFlow, freePort, freeUdpPort, startNodeRed } from '../dist/test/support/node-red.js';
import { startTelegramServer } from '../dist/test/support/telegram-server.js';

const root = path.resolve(import.meta.dirname, '..');
const userDir = path.join(root, '.demo');
const port = Number(process.env.PORT || 1880);
const SECRET = 'demoSecret12';
/** Seconds between two alarms, and for how long the flows hold back repeats of one. */
const PAUSE = 6;
const COOL_DOWN = '20';
/** Seconds between two signs of life; the shortest that recorders offer. */
const KEEP_ALIVE = 60;

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

function onCall({ text, files }) {
  const [line] = text.split('\n');
  const pictures = files
    .map(({ filename, content }) => `${filename} ${kilobytes(content.length)}`)
    .join(', ');
  say(`Telegram  ${line.trim()} [${pictures || 'text only'}]`);
  ready('telegram');
}

/** The flows as they ship, pointed at the servers of this demo. Those that listen by HTTP share one listener. */
function demoFlows(mailServer, telegramUrl, listenerPort, udpPort) {
  const changes = {
    'alarm-listener': { host: '127.0.0.1', port: String(listenerPort) },
    'udp-push-listener': { port: String(udpPort), interface: '127.0.0.1' },
    'e-mail': mailBy(mailServer),
    'telegram bot': { baseapiurl: telegramUrl },
    'alarm-filter': { cooldown: COOL_DOWN },
  };
  const nodes = [
    '01-motion-picture-by-email',
    '02-motion-picture-to-telegram',
    '05-recorder-http-push',
    '06-recorder-udp-push',
    '07-vstarcam-doorbell',
  ].flatMap((name) => exampleFlow(name, changes));
  for (const node of nodes) if (node.name === 'one a minute') node.name = `one in ${COOL_DOWN} s`;
  return [...new Map(nodes.map((node) => [node.id, node])).values()];
}

/** What the devices tell in turns: each gives the words for it, and how it says that it begins or ends. */
function* alarms(at, recorder, doorbell, udpPort) {
  const devices = [
    ['gate camera', simulatedCamera(), GATE_SCENES],
    ['recorder', simulatedRecorder(), RECORDER_SCENES],
  ];
  const udp = { mode: 'unicast', host: '127.0.0.1', port: udpPort };
  for (let round = 0; ; round++) {
    for (const [name, device, scenes] of devices) {
      const scene = scenes[round % scenes.length];
      const tell = (begins) => device.push(at('isapi'), scene, begins ? 'active' : 'inactive');
      yield { words: `${name}: ${scene.eventType}, ${scene.channelName}`, tell };
    }
    yield {
      words: 'event push: lcd, Yard',
      tell: (begins) => recorder.push(at('push'), lineCrossing(recorder, begins)),
    };
    yield {
      words: 'event push by UDP: VideoMotion, Door',
      tell: (begins) => recorder.castFlat(udp, motion(begins)).then(() => 'sent'),
    };
    const { name, alarm } = DOORBELL_SCENES[round % DOORBELL_SCENES.length];
    yield {
      words: `doorbell: ${name}`,
      // What happened at one moment has no end.
      tell: async (begins) => (begins ? doorbell.alarm(at('vstarcam'), alarm()) : ''),
    };
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
  const [listenerPort, udpPort] = [await freePort(), await freeUdpPort()];
  const nodeRed = await startNodeRed({
    port,
    userDir,
    modules: ['node-red-node-email', 'node-red-contrib-telegrambot'],
    flows: demoFlows(mailServer, telegram.url, listenerPort, udpPort),
    credentials: {
      'camera-alarms-listener': { secret: SECRET },
      'alarm-by-email-mail': { userid: 'cameras@example.com' },
      'alarm-to-telegram-bot': { token: '1:demo' },
      'recorder-http-push-mail': { userid: 'recorder@example.com' },
      'recorder-http-push-trouble-mail': { userid: 'recorder@example.com' },
      'vstarcam-doorbell-mail': { userid: 'doorbell@example.com' },
    },
  });
  stops.push(() => nodeRed.stop());
  nodeRed.process.once('exit', () => {
    if (stopping === undefined) console.error(`Node-RED has stopped:\n${nodeRed.log().slice(-2000)}`);
    stop(1);
  });
  for (const each of [listenerPort, udpPort])
    await nodeRed.said(new RegExp(`waiting for alarms on port ${each}`));
  const at = (path) => ({ host: '127.0.0.1', port: listenerPort, path: `/${SECRET}/${path}` });
  say(
    `simulated devices push to http://127.0.0.1:${listenerPort}/${SECRET} and UDP port ${udpPort}; Ctrl-C stops everything`,
  );
  const recorder = new EventPushRecorder({ zone: -new Date().getTimezoneOffset() });
  const firstLine = (answer) => answer.split('\r\n', 1)[0];
  recorder.keepAlives(at('push'), KEEP_ALIVE, (answer) =>
    say(`alive     event push: keep-alive -> ${firstLine(answer)}`),
  );
  const doorbell = new PushCamera();
  doorbell.heartbeats(at('vstarcam'), KEEP_ALIVE, (answer) =>
    say(`alive     doorbell: heartbeat -> ${firstLine(answer)}`),
  );
  for (const { words, tell } of alarms(at, recorder, doorbell, udpPort)) {
    if (stopping !== undefined) return;
    const answer = await tell(true).catch((error) => error.message);
    say(`alarm     ${words} -> ${firstLine(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE * 1000));
    if (stopping !== undefined) return;
    await tell(false).catch(() => undefined);
  }
}

run().catch((error) => {
  console.error(error.message);
  return stop(1);
});
