import { EventEmitter, once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { numberedPushes, type Pushes } from './numbered.js';

const PATIENCE_MS = 15_000;

/** Where a fleet pushes to: a port that comes and goes. */
export class Door {
  #port: Promise<number> = Promise.resolve(0);
  #found: (port: number) => void = () => undefined;

  constructor() {
    this.close();
  }

  /** As soon as there is one. */
  get port(): Promise<number> {
    return this.#port;
  }

  open(port: number): void {
    this.#found(port);
  }

  /** It is there no more: who comes now waits. */
  close(): void {
    this.#port = new Promise((resolve) => {
      this.#found = resolve;
    });
  }
}

/** How a fleet pushes, where it is not as fast as it can from number 1 on. */
export interface FleetPace {
  readonly path?: string;
  /** Each camera pauses this long behind an answer, in milliseconds. */
  readonly everyMs?: number;
  /** The number of the first alarm. */
  readonly first?: number;
}

/**
 * Cameras that push numbered alarms as fast as they are answered, every second one with pictures. What was not answered
 * is pushed again, as devices do.
 */
export class Fleet {
  /** Numbers of the alarms that were answered 200. */
  readonly answered = new Set<number>();
  readonly #answers = new EventEmitter();
  readonly #door: Door;
  readonly #cameras: Promise<number>[];
  readonly #everyMs: number;
  #lastNumber: number;
  #stopped = false;

  constructor(door: Door, cameras: number, { path, everyMs = 0, first = 1 }: FleetPace = {}) {
    this.#door = door;
    this.#everyMs = everyMs;
    this.#lastNumber = first - 1;
    this.#cameras = Array.from({ length: cameras }, (_, camera) =>
      this.#drive(numberedPushes(camera, camera % 2 === 0, path)),
    );
  }

  /** Resolves with the next answer. */
  async answers(): Promise<void> {
    await once(this.#answers, 'answer');
  }

  /** What is under way is pushed until it is answered. @returns the last number of each camera */
  finish(): Promise<number[]> {
    this.#stopped = true;
    return Promise.all(this.#cameras);
  }

  async #drive(pushes: Pushes): Promise<number> {
    for (;;) {
      const number = ++this.#lastNumber;
      const bytes = pushes(number);
      while (!(await push(await this.#door.port, bytes)));
      this.answered.add(number);
      this.#answers.emit('answer');
      if (this.#everyMs > 0) await pause(this.#everyMs);
      if (this.#stopped) return number;
    }
  }
}

/** Sends a request over a connection of its own. @returns whether it was answered 200 */
export function push(port: number, bytes: Buffer, localAddress = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port, localAddress });
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    // A connection that is cut is what this is about: what counts is the answer.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer.startsWith('HTTP/1.1 200')));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.write(bytes);
  });
}
