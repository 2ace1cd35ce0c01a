import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type FlowNode, type NodeRed, ROOT, startNodeRed } from '../support/node-red.js';
import { packageOf } from './support/installed.js';
import { promise } from './support/promise.js';

const FOLDER = path.join(ROOT, 'examples');
const EXAMPLES = readdirSync(FOLDER).map((file) => ({
  file,
  flow: JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as FlowNode[],
}));
/** What examples use beside Node-RED's own nodes and ours. */
const MODULES = ['node-red-node-email', 'node-red-contrib-telegrambot', '@flowfuse/node-red-dashboard'];

/** Of a flow itself, not of a node. */
const NO_NODES = ['tab', 'group', 'subflow', 'global-config'];
/** A property named so would be a secret in the wrong place. */
const SECRET_NAME = /pass|secret|token|user|credential|private|api_?key|bearer/i;
/** What such a property may hold: the presets of a node, which name nobody. */
const NO_SECRET = ['', 'anonymous'];
/** What a stranger could be found by, or get in with, in any text. */
const TELLING: readonly (readonly [RegExp, RegExp])[] = [
  // Addresses: those for documents (RFC 5737), of this machine, of any, and multicast groups of an organisation.
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, /^(?:192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|127\.|239\.)|^0\.0\.0\.0$/],
  // MACs: those for documents (RFC 7042).
  [/\b[\da-f]{2}(?:[:-][\da-f]{2}){5}\b/gi, /^00[:-]00[:-]5e[:-]00[:-]53/i],
  // Mailboxes and hosts (RFC 2606).
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, /@example\.(?:com|org|net)$/],
  [/\bhttps?:\/\/[^\s"'<>/]+/g, /^https?:\/\/(?:[\w-]+\.)*example\.(?:com|org|net)$/],
  // A login within an address, a key, a token of a Telegram bot.
  [/\/\/[^\s/@]+@|-----BEGIN|\b\d{5,}:[\w-]{10,}/g, /^$/],
  // Numbers of people and chats.
  [/\b\d{7,}\b/g, /^123456789$/],
  // Letters, cases and digits as chance mixes them.
  [/\b(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])\w{10,}\b/g, /^$/],
];

/** What of a flow is nobody's business, in words. */
function tellingOf(flow: readonly FlowNode[]): string[] {
  const found: string[] = [];
  const look = (value: unknown, where: string, name: string): void => {
    if (typeof value === 'object' && value !== null) {
      if (name === 'credentials') found.push(`${where}: credentials`);
      for (const [key, each] of Object.entries(value))
        look(each, `${where}.${key}`, Array.isArray(value) ? name : key);
      return;
    }
    const text = String(value);
    if (typeof value === 'string' && !NO_SECRET.includes(value) && SECRET_NAME.test(name))
      found.push(`${where}: ${text}`);
    for (const [shape, invented] of TELLING) {
      for (const [match] of text.matchAll(shape)) if (!invented.test(match)) found.push(`${where}: ${match}`);
    }
  };
  for (const node of flow) look(node, node.id, '');
  return found;
}

/** What would be missing after an import. */
function danglingOf(flow: readonly FlowNode[]): string[] {
  const ids = new Set(flow.map(({ id }) => id));
  const twice = ids.size === flow.length ? [] : ['an id stands for two nodes'];
  const named = flow.flatMap(({ id, type, z, wires, listener, device, bot, broker, target }) =>
    [
      ...((wires as string[][] | undefined) ?? []).flat(),
      ...(NO_NODES.includes(type) ? [] : [z, listener, bot]),
      // Of a broker it is its address.
      type === 'mqtt-broker' ? '' : broker,
      // Of a simulated alarm it is the name of a place.
      type === 'alarm-simulate' ? target : device,
    ]
      .filter((other) => typeof other === 'string' && other !== '' && !ids.has(other))
      .map((other) => `${id}: ${String(other)} is not there`),
  );
  return [...twice, ...named];
}

/** What a Node-RED has of a flow that was given to it, when it runs. */
async function imported(nodeRed: NodeRed, flow: readonly FlowNode[], deploys: number): Promise<unknown> {
  const url = `http://127.0.0.1:${nodeRed.port}/flows`;
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(flow) });
  assert.equal(status, 204);
  await nodeRed.said(new RegExp(`(?:Started flows[^]*){${deploys + 1}}|missing types`));
  assert.doesNotMatch(nodeRed.log(), /missing types|Uncaught|TypeError/);
  return (await fetch(url)).json();
}

promise(
  'P41',
  'examples import cleanly and hold no secrets',
  async ({ build, t, figure }) => {
    const nodeRed = await startNodeRed({ flows: [], ownPackage: packageOf(build, t), modules: MODULES });
    t.after(() => nodeRed.stop());
    const list = await fetch(`http://127.0.0.1:${nodeRed.port}/nodes`, {
      headers: { accept: 'application/json' },
    });
    const sets = (await list.json()) as { readonly types: string[]; readonly err?: string }[];
    const known = new Set([
      ...NO_NODES,
      ...sets.flatMap(({ types, err }) => (err === undefined ? types : [])),
    ]);
    const used = new Set(EXAMPLES.flatMap(({ flow }) => flow.map(({ type }) => type)));
    assert.deepEqual(
      [...used].filter((type) => !known.has(type)),
      [],
      'types nobody knows',
    );
    for (const [index, { file, flow }] of EXAMPLES.entries()) {
      assert.deepEqual(danglingOf(flow), [], file);
      assert.deepEqual(tellingOf(flow), [], file);
      assert.deepEqual(await imported(nodeRed, flow, index + 1), flow, file);
    }
    const nodes = EXAMPLES.reduce((sum, { flow }) => sum + flow.length, 0);
    figure(`${EXAMPLES.length} examples with ${nodes} nodes of ${used.size} types`);
  },
  [
    {
      what: 'a node of an example has another name',
      file: 'nodes/isapi-snapshot.js',
      from: "registerType('isapi-snapshot'",
      to: "registerType('isapi-picture'",
    },
    {
      what: 'a node cannot be loaded',
      file: 'nodes/vstarcam-configure.js',
      from: 'function register(RED) {',
      to: 'function register(RED) { RED.nodes.missing();',
    },
  ],
);

const CHANGES: Readonly<Record<string, object>> = {
  'a password in a node': { password: 'x' },
  credentials: { credentials: { userid: 'gate' } },
  'a secret in a list': { rows: [{ token: 'x' }] },
  'an address of somebody': { host: '192.168.1.64' },
  'a MAC of somebody': { info: 'like 44:19:b6:00:53:01' },
  'a mailbox of somebody': { name: 'me@mail.test' },
  'a host of somebody': { template: 'http://camera.lan/picture' },
  'a login within an address': { url: 'rtsp://admin:x@192.0.2.7/' },
  'the token of a bot': { func: 'const bot = "12345:AAbbCCddEEff";' },
  'a chat of somebody': { func: 'msg.chat = 55512345;' },
  'the secret of a listener': { info: 'push to /kX7pQ2mWz9aB/isapi' },
};
for (const [what, change] of Object.entries(CHANGES)) {
  test(`P41-bites: ${what}`, () => {
    const [{ flow } = { flow: [] }] = EXAMPLES;
    assert.deepEqual(tellingOf(flow), []);
    assert.equal(
      tellingOf(flow.map((node, index) => (index === 1 ? { ...node, ...change } : node))).length > 0,
      true,
    );
  });
}

test('P41-bites: a wire to nowhere, a listener that is not there, an id twice', () => {
  const [{ flow } = { flow: [] }] = EXAMPLES;
  const [first] = flow as [FlowNode];
  assert.deepEqual(danglingOf(flow), []);
  for (const node of [
    { ...first, id: 'x', type: 'x', wires: [['nowhere']] },
    { id: 'x', type: 'x', listener: 'y' },
    first,
  ])
    assert.equal(danglingOf([...flow, node]).length, 1);
});
