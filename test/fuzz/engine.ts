import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AlarmError } from '../../src/errors.js';
import { type Random, seeded } from '../vendors/changes.js';

/** A synchronous call that takes longer holds up everything else Node-RED does. */
export const LONGEST_MS = 50;
/** What may stay in memory after all those calls, for caches and compiled code. */
const MOST_KEPT = 32 * 1024 * 1024;

/** Samples between two turns of the process. */
const TURN = 100;

/** Something to read. */
export interface Sample {
  readonly bytes: Buffer;
  readonly contentType?: string | undefined;
  /** Places where the bytes come in two pieces. */
  readonly cuts?: readonly number[];
}

/** A reader, and what to hold against it. */
export interface Reader<Result> {
  readonly name: string;
  make(random: Random): Sample;
  /** The call under test. @throws AlarmError when it refuses to read */
  call(sample: Sample): Result;
  /** Fails on what must not come out. @returns whether something was read */
  judge(result: Result, sample: Sample): boolean;
  /** What an intact sample gives, in a form that can be compared. Called after each sample. */
  intact(): string;
}

export interface Plan {
  /** The same seed gives the same samples. Sample number n is the first one of seed + n. */
  readonly seed: number;
  readonly count: number;
}

/** What came of it. */
export interface Tally {
  readonly read: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly seconds: number;
}

/** A reader ready to be tried, without the type of what it gives. */
export interface Trial {
  readonly name: string;
  run(plan: Plan): Promise<Tally>;
}

export function trial<Result>(reader: Reader<Result>): Trial {
  return { name: reader.name, run: (plan) => run(reader, plan) };
}

async function run<Result>(reader: Reader<Result>, { seed, count }: Plan): Promise<Tally> {
  const wanted = reader.intact();
  const began = process.hrtime.bigint();
  let read = 0;
  let slowestMs = 0;
  let before = 0;
  const warm = Math.floor(count / 10);
  for (let number = 0; number < count; number++) {
    // A stream is let go of in a turn of its own.
    if (number % TURN === 0) await setImmediate();
    if (number === warm) before = usedBytes();
    const sample = reader.make(seeded(seed + number));
    try {
      const { result, milliseconds } = timed(() => attempt(reader, sample));
      slowestMs = Math.max(slowestMs, milliseconds);
      if (result !== undefined && reader.judge(result.value, sample)) read++;
      if (reader.intact() !== wanted) throw new Error('what came next was read otherwise than before');
    } catch (error) {
      throw new Error(report(reader.name, sample, seed + number, error), { cause: error });
    }
  }
  await setImmediate();
  const kept = usedBytes() - before;
  if (kept > MOST_KEPT) throw new Error(`${reader.name}, seed ${seed}: ${kept} bytes stay in memory`);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { read, refused: count - read, slowestMs, seconds };
}

function attempt<Result>(reader: Reader<Result>, sample: Sample): { value: Result } | undefined {
  try {
    return { value: reader.call(sample) };
  } catch (error) {
    if (error instanceof AlarmError) return undefined;
    throw error;
  }
}

/**
 * Times a call. A machine may be busy at one time: too slow is a call that is so three times in a row.
 * @throws when it is too slow
 */
export function timed<Result>(call: () => Result): { result: Result; milliseconds: number } {
  let milliseconds = Number.POSITIVE_INFINITY;
  for (let left = 3; left > 0; left--) {
    const passed = stopwatch();
    const result = call();
    milliseconds = Math.min(milliseconds, passed());
    if (milliseconds <= LONGEST_MS) return { result, milliseconds };
  }
  throw new Error(`it takes ${milliseconds.toFixed(0)} ms`);
}

/** Milliseconds from now on, without those in which the machine did something else. */
export function stopwatch(): () => number {
  const cpu = process.cpuUsage();
  const began = process.hrtime.bigint();
  return () => {
    const wall = Number(process.hrtime.bigint() - began) / 1e6;
    const { user, system } = process.cpuUsage(cpu);
    return Math.min(wall, (user + system) / 1e3);
  };
}

/** Says how to see a failure again, and keeps the sample. */
function report(name: string, { bytes, contentType, cuts }: Sample, seed: number, error: unknown): string {
  const file = path.join(os.tmpdir(), `fuzz-${name}-${seed}-${randomUUID().slice(0, 8)}.bin`);
  writeFileSync(file, bytes);
  const lines = [
    `${name}: ${error instanceof Error ? error.message : String(error)}`,
    `again: SEED=${seed} COUNT=1 npm run fuzz -- ${name}`,
    `bytes: ${file}`,
    `base64: ${bytes.toString('base64')}`,
  ];
  if (contentType !== undefined) lines.push(`content type: ${JSON.stringify(contentType)}`);
  if (cuts !== undefined && cuts.length > 0) lines.push(`cut at: ${cuts.join(', ')}`);
  return lines.join('\n');
}

let collect: (() => void) | undefined;

/** Memory in use once all garbage is gone. */
function usedBytes(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
