import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Mailbox } from './mailbox.js';

/** What a sending process is to send: `count` times the same, from one address. */
export interface SendOrder {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly text: string;
  /** Filled up with blanks to so many bytes. */
  readonly size?: number;
  readonly count: number;
}

/** A process of its own, in a network of its own where one is named. Ended when the test is over. */
export class UdpChild<Report> {
  readonly reports = new Mailbox<Report>();
  readonly process: ChildProcess;

  /** @param file beside this one */
  constructor(t: TestContext, file: string, args: readonly string[] = [], namespace?: string) {
    const command = [process.execPath, path.join(__dirname, file), ...args];
    const whole = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command];
    this.process = spawn(whole[0] as string, whole.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.process.on('message', (report) => this.reports.put(report as Report));
    t.after(async () => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) return;
      this.process.kill();
      await once(this.process, 'exit');
    });
  }

  tell(order: object): void {
    this.process.send(order);
  }
}
