import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { CameOut } from './came-out.js';
import type { Victim } from './killing.js';

/** A listener that keeps its alarms in a folder, in a process of its own. */
export class KeepingProcess implements Victim {
  readonly ended: Promise<never>;
  readonly #child: ChildProcess;
  readonly #over: Promise<unknown>;

  /** Loads its code. @param root of the compiled package */
  constructor(root: string, folder: string, came: CameOut) {
    this.#child = fork(path.join(__dirname, 'keeping-child.js'), [root, folder], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (this.#child.stdout === null) throw new Error('it has no output');
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => came.putLine(line));
    this.#over = Promise.all([once(lines, 'close'), once(this.#child, 'exit')]);
    this.ended = this.#over.then(() => Promise.reject(new Error('the listener ended by itself')));
    this.ended.catch(() => undefined);
  }

  async start(): Promise<number> {
    this.#child.send('start');
    const [port] = await Promise.race([once(this.#child, 'message'), this.ended]);
    return port as number;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#over;
  }

  async stop(): Promise<void> {
    this.#child.send('stop');
    await this.#over;
  }
}
