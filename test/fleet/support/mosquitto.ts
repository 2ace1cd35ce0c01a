import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../../support/node-red.js';

const BINARY = process.env['MOSQUITTO'] ?? 'mosquitto';
/** Where Debian puts it, out of the way of who is not root. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;
const SAMPLE = path.join(ROOT, 'docs/mosquitto.conf');

/** A real broker with the settings of our documents, that can be stopped and killed, and comes back with what it kept. */
export class Mosquitto {
  readonly port: number;
  readonly #file: string;
  #child: ChildProcess | undefined;

  /** @param folder for its settings and what it keeps */
  constructor(folder: string, port: number) {
    this.port = port;
    this.#file = path.join(folder, 'mosquitto.conf');
    const settings = readFileSync(SAMPLE, 'utf8')
      .replace(/^listener .*$/m, `listener ${port} 127.0.0.1`)
      .replace(/^allow_anonymous .*$/m, 'allow_anonymous true')
      .replace(/^password_file .*$/m, '')
      .replace(/^persistence_location .*$/m, `persistence_location ${folder}/`);
    // Started by root it would become another user, who may not write here.
    writeFileSync(this.#file, `${settings}\nuser ${os.userInfo().username}\nlog_dest stderr\n`);
  }

  async start(): Promise<void> {
    const env = { ...process.env, PATH };
    const child = spawn(BINARY, ['-c', this.#file], { stdio: ['ignore', 'ignore', 'pipe'], env });
    this.#child = child;
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        if (/mosquitto version \S+ running/.test(log)) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`the broker ended:\n${log}`)));
    });
  }

  /** @param how in order unless given */
  async stop(how: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(how);
    await once(child, 'exit');
  }
}
