import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { type PushTarget, send } from '../../src/simulator/http-push.js';
import { EventPushRecorder } from '../../src/simulator/recorder/event-push-recorder.js';
import type { PushLogin } from '../../src/simulator/recorder/push-login.js';
import { motion } from '../../src/simulator/recorder/scenes.js';
import { PushCamera } from '../../src/simulator/vstarcam/push-camera.js';
import { selfSigned } from '../sources/certificate.js';
import { freePort, freeUdpPort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { type Forms, formsOf, givenAway } from '../support/secrets.js';
import { packageOf } from './support/installed.js';
import { EAR, EAR_SCRIPT, type Heard } from './support/overheard.js';
import { promise } from './support/promise.js';
import { type Ports, wideFlow } from './support/wide-flow.js';
import {
  CAMERA,
  CANARIES,
  DEVICE,
  type Devices,
  LISTENER,
  MISTYPED,
  startDevices,
  TOKEN,
} from './support/wide-scene.js';

const FORMS = formsOf(CANARIES, { LISTENER, DEVICE, CAMERA, MISTYPED }, [
  'camera-alarms',
  'Simulated(00001)',
  'x',
]);
/** In the memory of a device, as `SECURITY.md` says: what it was told, but no password. */
const OF_THE_PATH = /^(?:secret|user) of the listener,/;
/** A plan shows which user a device is to log in as: that is what it is for. */
const PLANNED_USER = /slot \d+: userName: [^"\n]*/g;
const [crossing] = GATE_SCENES as readonly [Scene];

/** Everything that came out of the package, by where it came out. */
class Outcome {
  readonly #texts: { readonly where: string; readonly text: string }[] = [];

  add(where: string, text: string): void {
    this.#texts.push({ where, text: text.replace(PLANNED_USER, '') });
  }

  get characters(): number {
    return this.#texts.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** Where which secret is. */
  leaks(forms: Forms): string[] {
    return this.#texts.flatMap(({ where, text }) =>
      givenAway(text, forms).map((whose) => `${where}: ${whose}`),
    );
  }
}

/** What the editor and its dialogs ask of a Node-RED, with the right to everything. */
function editorOf({ port }: NodeRed, outcome: Outcome) {
  return async (method: string, route: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${route}`, {
      method,
      // One that is kept could be closed by Node-RED just when it is used again, after an order that took long.
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, connection: 'close' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    outcome.add(`answer to ${method} ${route}`, text);
    return text === '' ? undefined : JSON.parse(text);
  };
}

/** Alarms by all ways in, with the right login, with a mistyped one, with none, and what is no alarm. */
async function push(ports: Ports, outcome: Outcome): Promise<void> {
  const at = (port: number, where: string, secret = LISTENER.secret): PushTarget => ({
    host: '127.0.0.1',
    port,
    path: `/${secret}/${where}`,
  });
  const told = async (answer: Promise<string>) => {
    const text = await answer;
    outcome.add('answer to a device', text);
    return text;
  };
  const right = async (answer: Promise<string>) => assert.match(await told(answer), /^HTTP\/1\.1 200/);
  const wrong = async (answer: Promise<string>) => assert.match(await told(answer), /^HTTP\/1\.1 4\d\d/);
  const recorder = (login: PushLogin) => new EventPushRecorder({ login });
  const camera = simulatedCamera();
  const { secret, basic, digest, tls, udp } = ports;
  await right(camera.push(at(secret, 'isapi'), crossing));
  await right(camera.push({ ...at(tls, 'isapi'), tls: true }, crossing));
  await right(new PushCamera().heartbeat(at(secret, 'vstarcam')));
  for (const [scheme, port] of [
    ['basic', basic],
    ['digest', digest],
  ] as const) {
    await right(recorder({ ...LISTENER, scheme }).pushFlat(at(port, 'push'), motion(true)));
    await wrong(
      recorder({ ...LISTENER, password: MISTYPED.password, scheme }).pushFlat(at(port, 'push'), motion(true)),
    );
    await wrong(recorder({ ...MISTYPED, scheme }).pushFlat(at(port, 'push'), motion(true)));
    await wrong(camera.push(at(port, 'isapi'), crossing));
  }
  await wrong(camera.push(at(secret, 'isapi', `${LISTENER.secret}x`), crossing));
  await wrong(camera.push(at(secret, LISTENER.secret), crossing));
  await camera.push(at(tls, 'isapi'), crossing).then(
    (text) => outcome.add('answer', text),
    () => undefined,
  );
  const { path: where } = at(secret, 'isapi');
  const head = `POST ${where}?password=${encodeURIComponent(LISTENER.password)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
  for (const rest of [
    'Content-Length: 11\r\n\r\nhello world',
    'Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx',
    'Content-Length: 99999999\r\n\r\n',
    'Content-Length: x\r\n\r\n',
    ' folded: x\r\n\r\n',
  ])
    await told(send(at(secret, ''), Buffer.from(head + rest)));
  await recorder({ ...LISTENER, scheme: 'basic' }).castFlat(
    { mode: 'unicast', host: '127.0.0.1', port: udp },
    motion(true),
  );
}

/** Every action of every node, whatever becomes of it. @returns how each ended */
async function askAll(devices: Devices, editor: ReturnType<typeof editorOf>): Promise<Map<string, string>> {
  const ends = new Map<string, string>();
  const give = async (id: string, payload: object) => {
    const { action = '' } = payload as { readonly action?: string };
    ends.set(`${id} ${action}`.trim(), (await editor('POST', '/ear', { id, msg: { payload } })) as string);
  };
  const isapi = Object.keys(devices.isapi).map(async (name) => {
    for (const action of ['doctor', 'plan', 'apply', 'read', 'test', 'linkage', 'apply', 'restore'])
      await give(`set ${name}`, { action });
    await give(`snapshot ${name}`, {});
    await editor('POST', '/camera-alarms/isapi-device/doctor', { id: `device ${name}` });
    for (const action of ['plan', 'apply'])
      await editor('POST', '/camera-alarms/isapi-configure', {
        device: `device ${name}`,
        listener: 'listener digest',
        path: '/isapi',
        action,
      });
    for (const login of [{ username: DEVICE.username }, DEVICE, MISTYPED])
      await editor('POST', '/camera-alarms/isapi-device/test', {
        id: `device ${name}`,
        ...devices.isapi[name],
        ...login,
      });
  });
  const vstarcam = Object.keys(devices.vstarcam).map(async (name) => {
    for (const action of ['read', 'plan', 'apply', 'apply', 'restore', 'apply'])
      await give(`set camera ${name}`, { action });
    for (const login of [{ username: CAMERA.username }, CAMERA, MISTYPED])
      await editor('POST', '/camera-alarms/vstarcam-device/test', {
        id: `camera ${name}`,
        ...devices.vstarcam[name],
        ...login,
      });
  });
  await Promise.all([...isapi, ...vstarcam]);
  return ends;
}

/** What lies below a folder, each with its bytes as characters; packages are links, which are not followed. */
function filesBelow(folder: string): { readonly file: string; readonly text: string }[] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // The settings are the test's own, and hold the token of the editor.
      .filter((each) => each.isFile() && each.name !== 'settings.js')
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .map((file) => ({ file: path.relative(folder, file), text: readFileSync(file, 'latin1') }))
  );
}

function folderFor(t: TestContext, what: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `camera-alarms-${what}-`));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

promise(
  'P33',
  'no secret leaves: not in a log, a message, a status, an answer, an exported flow or a file',
  async ({ build, t, figure }) => {
    const [userDir, aside] = [folderFor(t, 'user'), folderFor(t, 'aside')];
    const [cert, key] = [path.join(aside, 'cert.pem'), path.join(aside, 'key.pem')];
    const made = selfSigned();
    writeFileSync(cert, made.cert);
    writeFileSync(key, made.key);
    process.env['EAR_FILE'] = path.join(aside, 'heard');
    const devices = await startDevices(t);
    const [secret, basic, digest, tls] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const ports = { secret, basic, digest, tls, udp: await freeUdpPort() };
    const nodeRed = await startNodeRed({
      flows: [],
      userDir,
      ownPackage: packageOf(build, t),
      ownNodes: { [EAR]: EAR_SCRIPT },
      adminAuth: `{ type: 'credentials', users: [], tokens: async (token) => token === '${TOKEN}' ? { username: 'editor', permissions: '*' } : null }`,
      logging: { level: 'trace', metrics: false, audit: true },
      credentialSecret: 'encrypts what is kept',
    });
    t.after(() => nodeRed.stop());
    const outcome = new Outcome();
    const editor = editorOf(nodeRed, outcome);
    // As from the editor, which hands credentials in with the flow: kept apart from it, and encrypted.
    await editor('POST', '/flows', wideFlow(devices, ports, { cert, key }));
    for (const port of Object.values(ports))
      await nodeRed.said(new RegExp(`waiting for alarms on port ${port}`));
    await nodeRed.said(/status of stream good: green/);
    await push(ports, outcome);
    const ends = await askAll(devices, editor);
    outcome.add('exported flows', JSON.stringify(await editor('GET', '/flows')));
    await nodeRed.stop();

    const heard = readFileSync(path.join(aside, 'heard'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Heard);
    for (const { kind, texts } of heard) outcome.add(kind, texts.join('\n'));
    outcome.add('output of the process', nodeRed.log());
    const files = filesBelow(userDir);
    const memory = files.filter(({ file }) => file.startsWith('camera-alarms/devices/'));
    for (const { file, text } of files.filter((each) => !memory.includes(each))) outcome.add(file, text);
    const leaks = [...new Set(outcome.leaks(FORMS))];
    assert.equal(leaks.length, 0, leaks.join('; '));
    const kept = new Map([...FORMS].filter(([, whose]) => !OF_THE_PATH.test(whose)));
    for (const { file, text } of memory)
      assert.equal(givenAway(text, kept).join(), '', `${file}: ${givenAway(text, kept).join()}`);

    // All of it was there to be found: the devices got it, and so did the files that are for it.
    const got = JSON.stringify([devices.good.requests, devices.camera.requests, [...devices.good.passwords]]);
    for (const whose of ['secret of the listener', 'password of the listener', 'password of the camera'])
      assert.match(givenAway(got, FORMS).join(), new RegExp(whose), 'what devices got');
    const codes = new Set(ends.values());
    for (const code of [
      'done',
      'DEVICE_LOGIN_REFUSED',
      'DEVICE_LOGIN_PLAIN',
      'DEVICE_REFUSED',
      'DEVICE_TLS',
      'DEVICE_REDIRECTS',
    ])
      assert.ok(codes.has(code), `${code} among ${[...codes].join()}`);
    const count = (kind: Heard['kind']) => heard.filter((each) => each.kind === kind).length;
    figure(
      `${FORMS.size} forms of ${CANARIES.length} secrets not found in ${Math.round(outcome.characters / 1024)} KB: ` +
        `${count('log')} log entries, ${count('message')} messages, ${count('status')} statuses, ${files.length} files; ` +
        `${ends.size} orders ended in ${codes.size} ways`,
    );
  },
  [
    {
      what: 'a line of debugging is left behind where a request to a device is signed',
      file: 'src/device/device-client.js',
      from: "headers['authorization'] = authorization;",
      to: 'console.log(Object.assign(headers, { authorization }));',
    },
    {
      what: 'the listener logs who knocks',
      file: 'src/sources/access.js',
      from: '#checkBasic(request) {',
      to: '#checkBasic(request) { console.log(request.authorization);',
    },
    {
      what: 'an error carries the bytes that a device sent back',
      file: 'src/device/device-failure.js',
      from: '{ cause: withoutBytes(error) }',
      to: '{ cause: error }',
    },
    {
      what: 'a refused login is told with its name and password',
      file: 'src/device/vstarcam-cgi.js',
      from: 'return this.#pause.begin(REFUSED, true);',
      to: 'return Object.assign(this.#pause.begin(REFUSED, true), { login: this.#credentials });',
    },
    {
      what: 'a plan shows the path with the secret',
      file: 'src/configure/slot-difference.js',
      from: "words.replaceAll(secret, '***')",
      to: 'words',
    },
    {
      what: 'the login that was written is remembered as it is',
      file: 'src/configure/own-entries.js',
      from: '(0, node_crypto_1.scryptSync)(JSON.stringify([username, password]), salt, HASH_BYTES)',
      to: 'Buffer.from(JSON.stringify([username, password]))',
    },
  ],
);
