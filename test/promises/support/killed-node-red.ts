import { once } from 'node:events';
import { closeSync, copyFileSync, mkdirSync, openSync, readSync, symlinkSync, watch } from 'node:fs';
import path from 'node:path';
import { SECRET } from '../../support/listener.js';
import { type FlowNode, type NodeRed, ROOT, startNodeRed } from '../../support/node-red.js';
import type { CameOut } from './came-out.js';
import type { Victim } from './killing.js';

/** What {@link readOutput} reads: a line for each alarm. */
export const OUTPUT = 'alarms.txt';
/** Of a function node that makes such a line, and what it needs in its global context. */
export const LINE = `
const sum = msg.attachments.reduce((sum, { content }) => global.get('crc32')(content, sum), 0);
msg.payload = [Number(msg.payload.document.activePostCount), msg.payload.redelivered ? 1 : 0, sum].join(' ');
return msg;`;
export const LINE_GLOBALS = "{ crc32: require('node:zlib').crc32 }";

/** Alarms as lines of a file. */
const flow = (port: number, file: string): FlowNode[] => [
  { id: 'tab', type: 'tab', label: 'alarms to a file' },
  {
    id: 'in',
    type: 'isapi-alarm-in',
    z: 'tab',
    listener: 'listener',
    path: '/isapi',
    x: 1,
    y: 1,
    wires: [['line'], []],
  },
  { id: 'line', type: 'function', z: 'tab', func: LINE, outputs: 1, x: 2, y: 1, wires: [['file']] },
  {
    id: 'file',
    type: 'file',
    z: 'tab',
    filename: file,
    filenameType: 'str',
    appendNewline: true,
    overwriteFile: 'false',
    x: 3,
    y: 1,
    wires: [[]],
  },
  { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
];

/** A real Node-RED whose flow writes what comes out to a file. */
export class KilledNodeRed implements Victim {
  readonly ended: Promise<never>;
  #end: (error: Error) => void = () => undefined;
  readonly #folder: string;
  readonly #port: number;
  readonly #ownPackage: string;
  #nodeRed: NodeRed | undefined;

  /** @param ownPackage of {@link packageOf} */
  constructor(folder: string, port: number, ownPackage: string) {
    this.#ownPackage = ownPackage;
    this.#folder = folder;
    this.#port = port;
    this.ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.ended.catch(() => undefined);
  }

  async start(): Promise<number> {
    this.#nodeRed = await startNodeRed({
      flows: flow(this.#port, path.join(this.#folder, OUTPUT)),
      credentials: { listener: { secret: SECRET } },
      userDir: this.#folder,
      ownPackage: this.#ownPackage,
      globals: LINE_GLOBALS,
    });
    this.#nodeRed.process.once('exit', () => this.#end(new Error('Node-RED ended by itself')));
    await this.#nodeRed.said(/waiting for alarms/);
    return this.#port;
  }

  async kill(): Promise<void> {
    const child = this.#nodeRed?.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.#nodeRed?.stop();
  }
}

/** A folder of our package with another build. @param root of the compiled package */
export function packageOf(root: string, folder: string): string {
  mkdirSync(folder);
  copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  symlinkSync(root, path.join(folder, 'dist'), 'junction');
  return folder;
}

/** Reads what flows write to their file. @returns how to stop */
export function readOutput(folder: string, came: CameOut): () => void {
  const file = openSync(path.join(folder, OUTPUT), 'a+');
  const chunk = Buffer.alloc(64 * 1024);
  let at = 0;
  let text = '';
  const read = () => {
    for (let length = -1; length !== 0; at += length) {
      length = readSync(file, chunk, 0, chunk.length, at);
      text += chunk.toString('latin1', 0, length);
    }
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) came.putLine(line);
  };
  const watcher = watch(path.join(folder, OUTPUT), read);
  return () => {
    watcher.close();
    read();
    closeSync(file);
  };
}
