import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { picture } from '../../src/simulator/picture.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';
import { Mosquitto } from './support/mosquitto.js';

const [lineCrossing] = GATE_SCENES as readonly [Scene];

describe('examples: a gateway and a worker', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-fleet-'));
  const mails = new Mailbox<ReceivedMail>();
  let server: MailServer;
  let broker: Mosquitto;
  let gateway: NodeRed;
  let worker: NodeRed;
  let port: number;

  before(async () => {
    broker = new Mosquitto(folder, await freePort());
    await broker.start();
    server = await startMailServer((mail) => mails.put(mail));
    port = await freePort();
    const ours = { 'mqtt-broker': { broker: '127.0.0.1', port: String(broker.port) } };
    gateway = await startNodeRed({
      flows: exampleFlow('20-fleet-gateway', {
        ...ours,
        'alarm-listener': { host: '127.0.0.1', port: String(port) },
        'alarm-settle': { wires: [['settled']] },
      }).concat({
        id: 'settled',
        type: 'debug',
        z: 'fleet-gateway',
        x: 1,
        y: 1,
        console: true,
        complete: 'payload',
        active: true,
        wires: [],
      }),
      credentials: { 'fleet-gateway-listener': { secret: SECRET } },
    });
    worker = await startNodeRed({
      modules: ['node-red-node-email'],
      flows: exampleFlow('21-fleet-worker', { ...ours, 'e-mail': mailBy(server) }),
      credentials: { 'fleet-worker-mail': { userid: 'gate@example.com' } },
    });
    await Promise.all([gateway, worker].map((each) => each.said(/Connected to broker/)));
  });
  after(async () => {
    await worker?.stop();
    await gateway?.stop();
    await server?.stop();
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('mails an alarm of the gateway with its pictures, byte for byte, and tells the gateway; an end is no mail', async () => {
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    const camera = simulatedCamera();
    assert.match(await camera.push(target, lineCrossing), /^HTTP\/1\.1 200 /);
    const { mail } = await mails.take();
    assert.equal(mail.subject, 'Line crossing: Gate');
    const sent = mail.attachments.map(({ content }) => content);
    assert.deepEqual(sent, [picture('gate-scene'), picture('gate-target')]);
    const settled = /\[debug:settled\][^[]*?id: '[0-9a-f]{24}-1'/;
    await gateway.said(settled);
    await camera.push(target, lineCrossing, 'inactive');
    await gateway.said(new RegExp(`(?:${settled.source}[^]*){2}`));
    assert.equal(mails.size, 0);
    assert.doesNotMatch(gateway.log() + worker.log(), /\[(?:error|warn)\] \[/);
  });
});
