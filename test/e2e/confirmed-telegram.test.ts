import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { picture } from '../../src/simulator/picture.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';
import { startTelegramServer, type TelegramCall } from '../support/telegram-server.js';

const [, motion] = GATE_SCENES as readonly [Scene, Scene];
/** Alarms come again soon, and for as long as it takes. */
const EAGER = { confirmMs: 300, confirmMostMs: 600, confirmTries: 1_000 };

test('example: an alarm comes again until Telegram has it, and not any more then', async () => {
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-confirmed-'));
  const calls = new Mailbox<TelegramCall>();
  let refused = 0;
  const server = await startTelegramServer((call) => {
    if (refused++ < 3) throw new Error('down for a while');
    calls.put(call);
  });
  const port = await freePort();
  const flows = exampleFlow('23-confirmed-telegram', {
    'alarm-listener': { host: '127.0.0.1', port: String(port) },
    'telegram bot': { baseapiurl: server.url },
    'alarm-settle': { wires: [['confirmed']] },
  });
  const shown = {
    complete: '"is confirmed"',
    targetType: 'jsonata',
    console: true,
    active: true,
    x: 1,
    y: 1,
    wires: [],
  };
  const nodeRed = await startNodeRed({
    userDir,
    modules: ['node-red-contrib-telegrambot'],
    flows: [...flows, { id: 'confirmed', type: 'debug', z: 'confirmed-telegram', ...shown }],
    credentials: {
      'confirmed-telegram-listener': { secret: SECRET },
      'confirmed-telegram-bot': { token: '1:example' },
    },
    settings: { cameraAlarms: { limits: EAGER } },
  });
  try {
    await nodeRed.said(/waiting for alarms on port/);
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    assert.match(await simulatedCamera().push(target, motion), /^HTTP\/1\.1 200/);
    const { method, files } = await calls.take();
    assert.equal(method, 'sendPhoto');
    assert.deepEqual(files[0]?.content, picture('gate-scene'));
    assert.match(nodeRed.log(), /down for a while|500/);
    // Another one, which is sent at once: nothing of the first is on its way any more.
    assert.match(
      await simulatedCamera().push(target, { ...motion, channel: 2, channelName: 'Yard' }),
      /^HTTP\/1\.1 200/,
    );
    assert.match((await calls.take()).text, /Yard/);
    await nodeRed.said(/is confirmed[\s\S]*is confirmed/);
    await nodeRed.stop();
    const left = readdirSync(path.join(userDir, 'camera-alarms', 'spool'), {
      recursive: true,
      encoding: 'utf8',
    });
    assert.deepEqual(
      left.filter((name) => name.endsWith('.alarms')),
      [],
    );
    assert.equal(calls.size, 0);
  } finally {
    await nodeRed.stop();
    await server.stop();
    rmSync(userDir, { recursive: true, force: true });
  }
});
