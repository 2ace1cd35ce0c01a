import { StreamDevice } from './alert-stream.js';
import type { Options, Pace } from './cli-options.js';
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
import { picture } from './picture.js';
import type { DatagramTarget } from './recorder/datagram.js';
import { EventPushRecorder } from './recorder/event-push-recorder.js';
import { RECORDER_CASTS, RECORDER_PUSHES } from './recorder/scenes.js';
import { PushCamera } from './vstarcam/push-camera.js';
import { type CameraScene, DOORBELL_SCENES } from './vstarcam/scenes.js';

const DEVICES: ReadonlyArray<readonly [string, HikvisionDevice, readonly Scene[]]> = [
  ['camera', simulatedCamera(), GATE_SCENES],
  ['recorder', simulatedRecorder(), RECORDER_SCENES],
  ['terminal', simulatedTerminal(), GATE_SCENES.slice(1)],
];
/** The shortest interval that recorders offer; that of the cameras is not known. */
const KEEP_ALIVE_SECONDS = 60;

const say = (line: string) => process.stdout.write(`${line}\n`);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const messageOf = (error: Error) => error.message;
const statusOf = (answer: string) => answer.split('\r\n', 1)[0] || 'no answer';

/** Does what was asked for. @returns the exit code */
export function simulate(options: Options): Promise<number> {
  switch (options.kind) {
    case 'push':
      return push(options.target, options);
    case 'stream':
      return stream(options.port, options);
    case 'recorder':
      return recorder(options.target, options);
    case 'vstarcam':
      return doorbell(options.target, options);
    case 'udp':
      return cast(options.target, options);
  }
}

/** @param turn tells what it did, and what became of it */
async function takeTurns(
  { pause, count }: Pace,
  isFine: RegExp,
  turn: (number: number) => Promise<readonly [what: string, result: string]>,
): Promise<number> {
  let refused = 0;
  for (let number = 0; count === 0 || number < count; number++) {
    const [what, result] = await turn(number);
    if (!isFine.test(result)) refused++;
    say(`${what} -> ${result}`);
    if (count === 0 || number + 1 < count) await wait(pause);
  }
  return refused === 0 ? 0 : 1;
}

function push(target: PushTarget, pace: Pace): Promise<number> {
  return takeTurns(pace, /^HTTP\/1\.1 200/, async (number) => {
    const [name, device, scenes] = DEVICES[number % DEVICES.length] as (typeof DEVICES)[number];
    const scene = scenes[Math.floor(number / DEVICES.length) % scenes.length] as Scene;
    const answer = await device.push(target, scene).catch(messageOf);
    const what = `${name}: ${scene.eventType} on channel ${scene.channel} (${scene.channelName})`;
    return [what, statusOf(answer)];
  });
}

/** An alarm with its picture in turns with its end, for everybody who reads the stream. */
async function stream(port: number, { pause, count }: Pace): Promise<number> {
  const device = await StreamDevice.start({}, { port });
  say(`camera: alert stream at 127.0.0.1:${device.port}`);
  for (let sent = 0; count === 0 || sent < count; sent++) {
    await wait(pause);
    const begins = sent % 2 === 0;
    const pictures = [{ contentType: 'image/jpeg', bytes: picture('gate-scene') }];
    device.event({ eventState: begins ? 'active' : 'inactive' }, begins ? pictures : []);
    say(`camera: linedetection ${begins ? 'begins' : 'ends'} -> ${device.streams} streams`);
  }
  device.end();
  await device.close();
  return 0;
}

/** A recorder that shows the local time of this machine. */
const localRecorder = () => new EventPushRecorder({ zone: -new Date().getTimezoneOffset() });

/** All ways of a recorder in turns, each alarm and then the end of each, with keep-alives meanwhile. */
async function recorder(target: PushTarget, pace: Pace): Promise<number> {
  const device = localRecorder();
  const told = (answer: string) => say(`recorder: keep-alive -> ${statusOf(answer)}`);
  told(await device.keepAlive(target).catch(messageOf));
  const stop = device.keepAlives(target, KEEP_ALIVE_SECONDS, told);
  const code = await takeTurns(pace, /^HTTP\/1\.1 200/, async (number) => {
    const [scene, begins] = inTurn(RECORDER_PUSHES, number);
    const answer = await scene.push(device, target, begins).catch(messageOf);
    return [`recorder: ${scene.name} ${begins ? 'begins' : 'ends'}`, statusOf(answer)];
  });
  stop();
  return code;
}

/** A doorbell that rings, sees people and motion, and gives signs of life meanwhile. */
async function doorbell(target: PushTarget, pace: Pace): Promise<number> {
  const camera = new PushCamera();
  const told = (answer: string) => say(`camera: heartbeat -> ${statusOf(answer)}`);
  told(await camera.heartbeat(target).catch(messageOf));
  const stop = camera.heartbeats(target, KEEP_ALIVE_SECONDS, told);
  const code = await takeTurns(pace, /^HTTP\/1\.1 200/, async (number) => {
    const { name, alarm } = DOORBELL_SCENES[number % DOORBELL_SCENES.length] as CameraScene;
    return [`camera: ${name}`, statusOf(await camera.alarm(target, alarm()).catch(messageOf))];
  });
  stop();
  return code;
}

function cast(target: DatagramTarget, pace: Pace): Promise<number> {
  const device = localRecorder();
  return takeTurns(pace, /^sent/, async (number) => {
    const [scene, begins] = inTurn(RECORDER_CASTS, number);
    const result = await scene.cast(device, target, begins).then(() => `sent, ${target.mode}`, messageOf);
    return [`recorder: ${scene.name} ${begins ? 'begins' : 'ends'}`, result];
  });
}

/** Everything begins, then everything ends. */
function inTurn<T>(all: readonly T[], number: number): readonly [one: T, begins: boolean] {
  return [all[number % all.length] as T, Math.floor(number / all.length) % 2 === 0];
}
