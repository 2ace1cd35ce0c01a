#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { StreamDevice } from './alert-stream.js';
import {
  GATE_SCENES,
  type HikvisionDevice,
  RECORDER_SCENES,
  type Scene,
  simulatedCamera,
  simulatedRecorder,
  simulatedTerminal,
} from './hikvision.js';
import type { PushTarget } from './http-push.js';
import { USUAL_RULES } from './login.js';
import { picture } from './picture.js';

const USAGE = `Simulated cameras and recorders that push alarms to a listener, or a camera whose alert stream is read.

  camera-alarms-simulator --url http://127.0.0.1:8089/SECRET/isapi [options]
  camera-alarms-simulator --stream 8090 [options]

  --url URL        where the devices were told to push
  --stream PORT    a camera at 127.0.0.1 that is asked for its alerts; user ${USUAL_RULES.username}, password ${USUAL_RULES.password}
  --every SECONDS  pause between two alarms, 5 by default
  --count N        stop after N alarms; 0 goes on until Ctrl-C, the default
  --help           this text
`;

const DEVICES: ReadonlyArray<readonly [string, HikvisionDevice, readonly Scene[]]> = [
  ['camera', simulatedCamera(), GATE_SCENES],
  ['recorder', simulatedRecorder(), RECORDER_SCENES],
  ['terminal', simulatedTerminal(), GATE_SCENES.slice(1)],
];

function readOptions() {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      stream: { type: 'string' },
      every: { type: 'string', default: '5' },
      count: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || (values.url === undefined) === (values.stream === undefined)) return undefined;
  const [pause, count] = [Number(values.every) * 1000, Number(values.count)];
  if (!(pause >= 0) || !(count >= 0)) return undefined;
  if (values.stream !== undefined) {
    const port = Number(values.stream);
    const valid = Number.isInteger(port) && port >= 0 && port <= 65_535;
    return valid ? { kind: 'stream' as const, port, pause, count } : undefined;
  }
  const url = new URL(values.url as string);
  const secure = url.protocol === 'https:';
  const target: PushTarget = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 443 : 80)),
    path: url.pathname + url.search,
    tls: secure,
  };
  return { kind: 'push' as const, target, pause, count };
}

type Options = NonNullable<ReturnType<typeof readOptions>>;
type Of<Kind extends Options['kind']> = Extract<Options, { kind: Kind }>;

async function run(): Promise<number> {
  const options = readOptions();
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  return options.kind === 'push' ? push(options) : stream(options);
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** An alarm with its picture in turns with its end, for everybody who reads the stream. */
async function stream({ port, pause, count }: Of<'stream'>): Promise<number> {
  const device = await StreamDevice.start({}, { port });
  process.stdout.write(`camera: alert stream at 127.0.0.1:${device.port}\n`);
  for (let sent = 0; count === 0 || sent < count; sent++) {
    await wait(pause);
    const begins = sent % 2 === 0;
    const pictures = [{ contentType: 'image/jpeg', bytes: picture('gate-scene') }];
    device.event({ eventState: begins ? 'active' : 'inactive' }, begins ? pictures : []);
    process.stdout.write(
      `camera: linedetection ${begins ? 'begins' : 'ends'} -> ${device.streams} streams\n`,
    );
  }
  device.end();
  await device.close();
  return 0;
}

async function push({ target, pause, count }: Of<'push'>): Promise<number> {
  let refused = 0;
  for (let sent = 0; count === 0 || sent < count; sent++) {
    const [name, device, scenes] = DEVICES[sent % DEVICES.length] as (typeof DEVICES)[number];
    const scene = scenes[Math.floor(sent / DEVICES.length) % scenes.length] as Scene;
    const answer = await device.push(target, scene).catch((error: Error) => error.message);
    const status = answer.split('\r\n', 1)[0] || 'no answer';
    if (!status.startsWith('HTTP/1.1 200')) refused++;
    process.stdout.write(
      `${name}: ${scene.eventType} on channel ${scene.channel} (${scene.channelName}) -> ${status}\n`,
    );
    if (count === 0 || sent + 1 < count) await wait(pause);
  }
  return refused === 0 ? 0 : 1;
}

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
  },
);
