import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Top of this project, from dist/test/support. */
export const ROOT = path.resolve(__dirname, '../../..');

/** A node of a flow file. */
export type FlowNode = { id: string; type: string } & Record<string, unknown>;

export interface NodeRedOptions {
  readonly flows: readonly FlowNode[];
  /** Credentials by node id. */
  readonly credentials?: Readonly<Record<string, Record<string, string>>>;
  /** Folder of our own package; this project unless given. */
  readonly ownPackage?: string;
  /** Packages beside ours, from our node_modules. */
  readonly modules?: readonly string[];
  /** Port of the editor; a free one unless given. */
  readonly port?: number;
  /** Folder for flows and settings; a new one in the system's temporary folder unless given. */
  readonly userDir?: string;
  /** JavaScript of an object: what function nodes find in their global context. */
  readonly globals?: string;
  readonly editorTheme?: Readonly<Record<string, unknown>>;
  /** More of settings.js. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** JavaScript of an object: who may do what in the editor; everybody everything unless given. */
  readonly adminAuth?: string;
  /** How much of Node-RED's own is written to its log; `info` unless given. */
  readonly logging?: { readonly level: string; readonly metrics: boolean; readonly audit: boolean };
  /** What encrypts the credentials that are kept; nothing does unless given. */
  readonly credentialSecret?: string;
  /** JavaScript of nodes that are no package, by their type. */
  readonly ownNodes?: Readonly<Record<string, string>>;
}

/** A real Node-RED in a process of its own. */
export interface NodeRed {
  readonly port: number;
  readonly userDir: string;
  readonly process: ChildProcess;
  /** All it has written so far. */
  log(): string;
  /** Waits until it has written something. */
  said(what: RegExp, withinMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Which Node-RED and which Node.js: the project's own, or those of another folder and binary, so that the same tests
 * run on Node-RED 5.0 with Node 24.
 */
const NODE_RED_DIR = process.env['NODE_RED_DIR'] ?? ROOT;
const NODE_BINARY = process.env['NODE_BINARY'] ?? process.execPath;

export async function startNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const userDir = options.userDir ?? mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  const port = options.port ?? (await freePort());
  prepare(userDir, port, options);
  const child = spawn(NODE_BINARY, [path.join(NODE_RED_DIR, 'node_modules/node-red/red.js'), '-u', userDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
  });
  let log = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      for (const listener of listeners) listener();
    });
  }
  child.once('exit', () => {
    for (const listener of listeners) listener();
  });
  const said = (what: RegExp, withinMs = 60_000) =>
    new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(check);
        settle();
      };
      const fail = (why: string) =>
        finish(() => reject(new Error(`Node-RED ${why} before ${what}:\n${log.slice(-3000)}`)));
      const check = () => {
        if (what.test(log)) finish(resolve);
        else if (child.exitCode !== null || child.signalCode !== null) fail('ended');
      };
      const timer = setTimeout(() => fail(`took ${withinMs} ms`), withinMs);
      listeners.add(check);
      check();
    });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    if (options.userDir === undefined) rmSync(userDir, { recursive: true, force: true });
  };
  try {
    await said(/Started flows/);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, userDir, process: child, log: () => log, said, stop };
}

/** Settings, flows and links to the packages, as if they had been installed. */
function prepare(userDir: string, port: number, options: NodeRedOptions): void {
  const { name } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { name: string };
  const modules = new Map([[name, options.ownPackage ?? ROOT]]);
  for (const module of options.modules ?? []) modules.set(module, path.join(ROOT, 'node_modules', module));
  for (const [module, folder] of modules) {
    const link = path.join(userDir, 'node_modules', module);
    mkdirSync(path.dirname(link), { recursive: true });
    rmSync(link, { force: true, recursive: true });
    symlinkSync(folder, link, 'junction');
  }
  const write = (file: string, value: unknown) =>
    writeFileSync(path.join(userDir, file), JSON.stringify(value, undefined, 2));
  const dependencies = Object.fromEntries([...modules.keys()].map((module) => [module, '*']));
  write('package.json', { name: 'camera-alarms-user', version: '0.0.1', private: true, dependencies });
  write('flows.json', options.flows);
  write('flows_cred.json', options.credentials ?? {});
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: options.credentialSecret ?? false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { catalogues: [] }, ...options.editorTheme },
    logging: { console: options.logging ?? { level: 'info', metrics: false, audit: false } },
    ...options.settings,
  };
  const adminAuth =
    options.adminAuth === undefined ? '' : `module.exports.adminAuth = ${options.adminAuth};\n`;
  const globals = `module.exports.functionGlobalContext = ${options.globals ?? '{}'};\n`;
  writeFileSync(
    path.join(userDir, 'settings.js'),
    `module.exports = ${JSON.stringify(settings, undefined, 2)};\n${adminAuth}${globals}`,
  );
  for (const [type, script] of Object.entries(options.ownNodes ?? {})) {
    mkdirSync(path.join(userDir, 'nodes'), { recursive: true });
    writeFileSync(path.join(userDir, 'nodes', `${type}.js`), script);
    // Without one it is not taken for a node.
    writeFileSync(path.join(userDir, 'nodes', `${type}.html`), '');
  }
}

/** Not used yet, maybe: the system gives the same one again. */
const GIVEN = new Set<number>();

/** A port of this machine nobody uses just now, and another one each time. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  if (GIVEN.has(port)) return freePort();
  GIVEN.add(port);
  return port;
}

/** The same for datagrams. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** An example as it ships, with properties of some of its nodes set for the test. */
export function exampleFlow(
  name: string,
  changes: Readonly<Record<string, Record<string, unknown>>>,
): FlowNode[] {
  const nodes = JSON.parse(readFileSync(path.join(ROOT, 'examples', `${name}.json`), 'utf8')) as FlowNode[];
  return nodes.map((node) => ({ ...node, ...changes[node.type] }));
}
