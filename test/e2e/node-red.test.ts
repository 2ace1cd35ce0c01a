import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { type PushTarget, send } from '../../src/simulator/http-push.js';
import { type FlowNode, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { PUSH_LOGIN, SECRET } from '../support/secrets.js';

const { password: PASSWORD } = PUSH_LOGIN;
const [crossing, motion] = GATE_SCENES as readonly [Scene, Scene];

/** A flow written by hand with the settings of the contract; what comes out is written to the log. */
function handWritten(port: string, properties: object = {}): FlowNode[] {
  const z = 'hand';
  const log = { z, active: true, console: true, targetType: 'jsonata', x: 2, y: 2, wires: [] };
  return [
    { id: z, type: 'tab', label: 'by hand' },
    {
      id: 'in',
      type: 'isapi-alarm-in',
      z,
      listener: 'doors',
      path: '/isapi',
      x: 1,
      y: 1,
      wires: [['alarm'], ['state']],
    },
    {
      ...log,
      id: 'alarm',
      type: 'debug',
      complete:
        '"alarm " & payload.kind & " " & payload.state & " " & $join(attachments.($string($length($string(content)) > 0)), ",")',
    },
    { ...log, id: 'state', type: 'debug', complete: '"state " & payload.event & " " & payload.reason' },
    { id: 'doors', type: 'alarm-listener', host: '127.0.0.1', port, ...properties },
  ];
}

const credentials = { doors: { secret: SECRET, username: 'camera', password: PASSWORD } };

async function deploy(nodeRed: NodeRed, flows: readonly FlowNode[], type: 'full' | 'nodes'): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${nodeRed.port}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type },
    body: JSON.stringify(flows),
  });
  assert.equal(response.status, 204);
}

/** Milliseconds until nothing listens on the port any more. */
async function untilFree(port: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const probe = net.connect(port, '127.0.0.1');
    const taken = await Promise.race([
      once(probe, 'connect').then(() => true),
      once(probe, 'error').then(() => false),
    ]).catch(() => false);
    probe.destroy();
    if (!taken) return performance.now() - started;
    await turn();
  }
}

describe('a real Node-RED', () => {
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    const port = await freePort();
    process.env['ALARM_PORT'] = String(port);
    nodeRed = await startNodeRed({ flows: handWritten(['$', '{ALARM_PORT}'].join('')), credentials });
    await nodeRed.said(/waiting for alarms on port/);
    target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
  });
  after(() => nodeRed?.stop());

  it('takes its port from the environment and an alarm in pieces of odd sizes', async () => {
    const bytes = simulatedCamera().request(target, crossing);
    const socket = net.connect(target.port, target.host).setNoDelay(true);
    await once(socket, 'connect');
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 1009) {
      socket.write(bytes.subarray(at, at + size));
      if (at < 4000) await turn();
    }
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200 OK/);
    await nodeRed.said(/alarm line-crossing active true,true/);
  });

  it('goes on through everything that is no alarm, and says on output 2 what it was', async () => {
    const head = `POST ${target.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
    const garbage: [string, RegExp, RegExp][] = [
      [
        `${head}Content-Length: 11\r\n\r\nhello world`,
        /^HTTP\/1\.1 200/,
        /state undecodable DOCUMENT_MISSING/,
      ],
      [`${head}Content-Length: 9\r\n\r\n<a><b></a`, /^HTTP\/1\.1 200/, /state undecodable XML_INVALID/],
      [
        `${head}Content-Length: 34\r\n\r\n<!DOCTYPE a [<!ENTITY b "c">]><a/>`,
        /^HTTP\/1\.1 200/,
        /state undecodable XML_DOCTYPE/,
      ],
      [`${head}Content-Length: 99999999\r\n\r\n`, /^HTTP\/1\.1 413/, /state overload BODY_TOO_LARGE/],
      [
        `${head}Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx`,
        /^HTTP\/1\.1 415/,
        /state denied ENCODING_REFUSED/,
      ],
      ['DELETE / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 404/, /state denied SECRET_WRONG/],
      ['\x16\x03\x01\x02\x00\x01\x00', /^HTTP\/1\.1 400/, /state denied HTTP_EXPECTED/],
    ];
    for (const [bytes, answer, told] of garbage) {
      assert.match(await send(target, Buffer.from(bytes, 'latin1')), answer);
      await nodeRed.said(told);
    }
    assert.match(await simulatedCamera().push(target, motion), /^HTTP\/1\.1 200/);
    await nodeRed.said(/alarm motion active true/);
  });

  it('frees the old port within two seconds of a redeploy, whatever hangs on it', async () => {
    const idle = net.connect(target.port, target.host);
    const half = net.connect(target.port, target.host);
    for (const socket of [idle, half]) {
      socket.on('error', () => undefined);
      await once(socket, 'connect');
    }
    half.write(simulatedCamera().request(target, crossing).subarray(0, 5000));
    const next = await freePort();
    const started = performance.now();
    const deployed = deploy(nodeRed, handWritten(String(next)), 'full');
    await untilFree(target.port);
    assert.equal(performance.now() - started < 2000, true);
    await deployed;
    await nodeRed.said(new RegExp(`waiting for alarms on port ${next}`));
    target = { ...target, port: next };
    assert.match(await simulatedCamera().push(target, motion), /^HTTP\/1\.1 200/);
    half.destroy();
    idle.destroy();
  });

  it('tells Status nodes that a node which is deployed alone is listening', async () => {
    const log = { type: 'debug', active: true, console: true, targetType: 'jsonata', x: 2, y: 2, wires: [] };
    const flows: FlowNode[] = [
      ...handWritten(String(target.port)),
      { id: 'status', type: 'status', z: 'hand', scope: null, x: 3, y: 3, wires: [['told']] },
      { ...log, id: 'told', z: 'hand', complete: '"status of " & status.source.name & ": " & status.text' },
    ];
    await deploy(nodeRed, flows, 'full');
    await nodeRed.said(/status of : waiting on port/);
    const renamed = flows.map((node) => (node.id === 'in' ? { ...node, name: 'anew' } : node));
    await deploy(nodeRed, renamed, 'nodes');
    await nodeRed.said(/status of anew: waiting on port/);
  });

  it('asks for a login when told to', async () => {
    await deploy(nodeRed, handWritten(String(target.port), { auth: 'basic' }), 'full');
    const request = simulatedCamera().request(target, motion);
    let answer = '';
    while (!answer.startsWith('HTTP/1.1 401')) {
      answer = await send(target, request).catch(() => '');
      await turn();
    }
    assert.match(answer, /WWW-Authenticate: Basic realm="camera-alarms"/i);
    const login = Buffer.from(`camera:${PASSWORD}`).toString('base64');
    const text = request.toString('latin1').replace('\r\n', `\r\nAuthorization: Basic ${login}\r\n`);
    assert.match(await send(target, Buffer.from(text, 'latin1')), /^HTTP\/1\.1 200/);
  });

  it('keeps secrets out of its log, its flows and its flow file', async () => {
    const flows = await (await fetch(`http://127.0.0.1:${nodeRed.port}/flows`)).text();
    const file = readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8');
    for (const [where, text] of Object.entries({ log: nodeRed.log(), flows, file })) {
      for (const canary of [SECRET, PASSWORD])
        assert.equal(text.includes(canary), false, `${canary} in the ${where}`);
    }
  });
});

describe('a real Node-RED with HTTPS', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const port = await freePort();
    const tls = { id: 'tls', type: 'tls-config', cert, key, ca: '', certname: '', keyname: '', caname: '' };
    nodeRed = await startNodeRed({ flows: [...handWritten(String(port), { tls: 'tls' }), tls], credentials });
    await nodeRed.said(/waiting for alarms on port/);
    target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi`, tls: true };
  });
  after(async () => {
    await nodeRed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('receives over TLS with the certificate of a tls-config', async () => {
    assert.match(await simulatedCamera().push(target, crossing), /^HTTP\/1\.1 200/);
    await nodeRed.said(/alarm line-crossing active true,true/);
  });

  it('tells of a camera that speaks plain HTTP to it', async () => {
    await simulatedCamera()
      .push({ ...target, tls: false }, motion)
      .catch(() => '');
    await nodeRed.said(/state denied HTTPS_EXPECTED/);
  });
});
