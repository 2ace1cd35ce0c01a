import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import {
  CAMERA_STYLE,
  RECORDER_STYLE,
  type StreamStyle,
  streamParts,
} from '../../src/simulator/stream-bytes.js';
import { dice, openSockets, settle, streamOf, until } from '../support/stream.js';
import { promise, type Trial } from './support/promise.js';

const DEVICES = 20;
const CUTS = 500;
/** Of the cuts of a device, each so-manieth is a silence. */
const SILENCES = 25;
const HEARTBEAT_MS = 10_000;
/** With the heartbeats devices have; reliability.md §8. */
const NOTICED_MS = 61_000;
/** For what takes milliseconds on a machine that is not busy. */
const PATIENCE_MS = 60_000;
const SHORT_PATIENCE_MS = 5_000;

/** As cameras and recorders write their stream, right or wrong. */
const STYLES: readonly StreamStyle[] = [
  CAMERA_STYLE,
  RECORDER_STYLE,
  { ...RECORDER_STYLE, delimiter: '--other' },
  { ...CAMERA_STYLE, delimiter: '----boundary' },
  { ...CAMERA_STYLE, twice: true },
  { ...CAMERA_STYLE, length: 'none' },
  { ...CAMERA_STYLE, lineBehind: true },
  { ...CAMERA_STYLE, length: 7 },
];

interface Sums {
  cuts: number;
  silences: number;
  events: number;
  longestWait: number;
}

async function cutAgainAndAgain(
  { build, t, short }: Trial,
  index: number,
  cuts: number,
  sums: Sums,
): Promise<void> {
  const patience = short ? SHORT_PATIENCE_MS : PATIENCE_MS;
  const roll = dice(index + 1);
  const style = STYLES[index % STYLES.length] ?? CAMERA_STYLE;
  const login = index % 5 === 0 ? {} : undefined;
  const { told, device, stream, time } = await streamOf(t, {
    build,
    random: () => roll(1_000) / 1_000,
    device: { style, login, chunked: index % 3 === 0 },
  });
  let count = 0;
  /** Of a kind that never had a picture: nobody waits for one. */
  const eventArrives = async () => {
    device.event({ count: ++count, eventType: 'VMD' });
    const arrived = () => told.alarms.at(-1)?.event.document['activePostCount'] === String(count);
    await until(arrived, `event ${count} of ${JSON.stringify(style)}`, patience);
    sums.events++;
  };
  const beats = async () => {
    for (let beat = 0; beat < 4; beat++) {
      device.heartbeat();
      // Behind it, so that it has been read.
      await eventArrives();
      time.pass(HEARTBEAT_MS);
    }
  };
  const fallSilent = async () => {
    await beats();
    device.blackHole();
    // The last of what it said is a heartbeat ago.
    time.pass(NOTICED_MS - HEARTBEAT_MS);
    sums.silences++;
  };
  const cutOff = () => {
    const bytes = streamParts([device.document({ count: 0, eventType: 'VMD' })], style);
    device.write(bytes.subarray(0, roll(bytes.length + 1)));
    device[roll(2) === 0 ? 'end' : 'reset']();
  };
  stream.start();
  for (let cut = 1; cut <= cuts; cut++) {
    await until(() => device.streams === 1, `stream ${cut}`, patience);
    await eventArrives();
    if (cut % SILENCES === 0) await fallSilent();
    else cutOff();
    await until(() => stream.state.nextRetry !== undefined, `end ${cut}`, patience);
    await until(() => device.connections === 0, `closed ${cut}`, patience);
    sums.cuts++;
    // The one that waits for the next try.
    assert.equal(time.waiting, 1, `timers after cut ${cut}`);
    sums.longestWait = Math.max(sums.longestWait, time.next);
    assert.ok(
      time.next >= LIMITS.reconnectLeastMs && time.next <= LIMITS.reconnectMostMs,
      `waits ${time.next} ms`,
    );
    time.pass(time.next);
  }
  assert.equal(device.counts.mostStreams, 1);
  assert.equal(device.login.wrong, 0);
  assert.deepEqual(told.errors, []);
  await stream.stop();
  await until(() => device.connections === 0, 'closed in the end', patience);
  assert.equal(time.waiting, 0);
}

promise(
  'P14',
  'the alertStream comes back, notices silence and leaves nothing behind',
  async (trial) => {
    const { t, short, figure } = trial;
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    t.after(() => process.off('warning', warn));
    const before = openSockets();
    const sums: Sums = { cuts: 0, silences: 0, events: 0, longestWait: 0 };
    await Promise.all(
      Array.from({ length: short ? 2 : DEVICES }, (_, index) =>
        cutAgainAndAgain(trial, index, short ? SILENCES : CUTS, sums),
      ),
    );
    await settle();
    assert.deepEqual(warnings, []);
    assert.ok(openSockets() <= before, `${openSockets()} sockets, ${before} before`);
    figure(
      `${sums.cuts} cuts, ${sums.silences} of them silences noticed within ${NOTICED_MS / 1_000} s, ${STYLES.length} styles; all of ${sums.events} events sent after a connect arrived; waits up to ${(sums.longestWait / 1_000).toFixed(1)} s; no socket or timer left`,
    );
  },
  [
    {
      what: 'waits longer and longer',
      file: 'src/sources/backoff.js',
      from: 'Math.min(most, least * 2 ** this.#tries)',
      to: 'least * 2 ** this.#tries',
    },
    {
      what: 'does not end a connection that fell silent',
      file: 'src/sources/alert-stream.js',
      from: "connection.abort(new errors_js_1.AlarmError('STREAM_SILENT'))",
      to: 'undefined',
    },
    {
      what: 'leaves the timer of a connection behind',
      file: 'src/sources/alert-stream.js',
      from: 'watch.stop();',
      to: '',
    },
  ],
);
