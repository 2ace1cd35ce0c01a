#!/usr/bin/env node
import { parseArgs } from 'node:util';
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

const USAGE = `Simulated cameras and recorders that push alarms to a listener.

  camera-alarms-simulator --url http://127.0.0.1:8089/SECRET/isapi [options]

  --url URL        where the devices were told to push (needed)
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
      every: { type: 'string', default: '5' },
      count: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.url === undefined) return undefined;
  const url = new URL(values.url);
  const secure = url.protocol === 'https:';
  const target: PushTarget = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 443 : 80)),
    path: url.pathname + url.search,
    tls: secure,
  };
  return { target, pause: Number(values.every) * 1000, count: Number(values.count) };
}

async function run(): Promise<number> {
  const options = readOptions();
  if (options === undefined || !(options.pause >= 0) || !(options.count >= 0)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { target, pause, count } = options;
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
    if (count === 0 || sent + 1 < count) await new Promise((resolve) => setTimeout(resolve, pause));
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
