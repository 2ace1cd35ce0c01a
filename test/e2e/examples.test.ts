import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LIMITS } from '../../src/limits.js';
import { StreamDevice } from '../../src/simulator/alert-stream.js';
import { ConfigurableDevice } from '../../src/simulator/configurable/device.js';
import {
  GATE_SCENES,
  RECORDER_SCENES,
  type Scene,
  simulatedCamera,
  simulatedRecorder,
  simulatedTerminal,
} from '../../src/simulator/hikvision.js';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { USUAL_RULES } from '../../src/simulator/login.js';
import { picture } from '../../src/simulator/picture.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { type FakeDevice, LOGIN, startFakeDevice } from '../support/fake-device.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';
import { startTelegramServer, type TelegramCall, type TelegramServer } from '../support/telegram-server.js';

const [lineCrossing, motion] = GATE_SCENES as readonly [Scene, Scene];
const [, plate] = RECORDER_SCENES as readonly [Scene, Scene];

async function listenerTarget(): Promise<PushTarget> {
  return { host: '127.0.0.1', port: await freePort(), path: `/${SECRET}/isapi` };
}

describe('example: alarm picture by e-mail', () => {
  const mails = new Mailbox<ReceivedMail>();
  let server: MailServer;
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    server = await startMailServer((mail) => mails.put(mail));
    target = await listenerTarget();
    nodeRed = await startNodeRed({
      modules: ['node-red-node-email'],
      flows: exampleFlow('01-motion-picture-by-email', {
        'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
        'e-mail': mailBy(server),
      }),
      credentials: {
        'camera-alarms-listener': { secret: SECRET },
        'alarm-by-email-mail': { userid: 'gate@example.com' },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await server?.stop();
  });

  it('mails a line crossing with both pictures, byte for byte', async () => {
    const answer = await simulatedCamera().push(target, lineCrossing);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    const { mail } = await mails.take();
    assert.equal(mail.subject, 'Line crossing: Gate');
    assert.match(
      mail.text ?? '',
      /^Line crossing – started\nGate, channel 1\n20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+01:00\nSeen: person\nRegion: 1/,
    );
    assert.deepEqual(
      mail.attachments.map(({ filename, contentType }) => [filename, contentType]),
      [
        ['scene-1.jpg', 'image/jpeg'],
        ['target-2.jpg', 'image/jpeg'],
      ],
    );
    assert.deepEqual(mail.attachments[0]?.content, picture('gate-scene'));
    assert.deepEqual(mail.attachments[1]?.content, picture('gate-target'));
  });

  it('mails once for an alarm that is repeated and ends', async () => {
    const camera = simulatedCamera();
    for (let repeat = 0; repeat < 5; repeat++) await camera.push(target, motion);
    await camera.push(target, motion, 'inactive');
    await simulatedRecorder().push(target, plate);
    // Each mail has a connection of its own: they may overtake each other.
    const subjects = new Set([(await mails.take()).mail.subject, (await mails.take()).mail.subject]);
    assert.deepEqual(subjects, new Set(['Motion: Gate', 'Number plate SIM12E34: Barrier']));
    assert.equal(mails.size, 0);
  });
});

describe('example: alarm picture to Telegram', () => {
  const calls = new Mailbox<TelegramCall>();
  let server: TelegramServer;
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    server = await startTelegramServer((call) => calls.put(call));
    target = await listenerTarget();
    nodeRed = await startNodeRed({
      modules: ['node-red-contrib-telegrambot'],
      flows: exampleFlow('02-motion-picture-to-telegram', {
        'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
        'telegram bot': { baseapiurl: server.url },
      }),
      credentials: {
        'camera-alarms-listener': { secret: SECRET },
        'alarm-to-telegram-bot': { token: '1:example' },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await server?.stop();
  });

  it('sends the picture with a caption, byte for byte', async () => {
    await simulatedCamera().push(target, motion);
    const { method, fields } = await calls.take();
    assert.equal(method, 'sendPhoto');
    assert.equal(fields['chat_id'], '123456789');
    assert.match(String(fields['caption']), /^Motion – started\r?\nGate, channel 1\r?\n/);
    assert.deepEqual(fields['photo'], picture('gate-scene'));
  });

  it('sends a text when the device sent no picture', async () => {
    await simulatedRecorder().push(target, {
      ...plate,
      eventType: 'diskfull',
      channelName: 'Recorder',
      pictures: [],
    });
    const { method, fields } = await calls.take();
    assert.equal(method, 'sendMessage');
    assert.match(String(fields['text']), /^Disk problem – started\r?\nRecorder/);
  });
});

describe('example: one camera alone', () => {
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    target = await listenerTarget();
    nodeRed = await startNodeRed({
      flows: exampleFlow('10-one-camera-alone', {
        'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
        debug: { console: true },
      }),
      credentials: { 'camera-alarms-listener': { secret: SECRET } },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(() => nodeRed?.stop());

  it('sends the gate its own way and all others theirs', async () => {
    await simulatedCamera().push({ ...target, path: `/${SECRET}/gate` }, motion);
    await nodeRed.said(/\[debug:alarm at the gate\] Motion: Gate/);
    await simulatedRecorder().push(target, plate);
    await nodeRed.said(/\[debug:alarm elsewhere\] Number plate SIM12E34: Barrier/);
    assert.doesNotMatch(nodeRed.log(), /alarm elsewhere\] Motion/);
  });
});

describe('example: snapshot by e-mail', () => {
  const mails = new Mailbox<ReceivedMail>();
  let server: MailServer;
  let nodeRed: NodeRed;
  let target: PushTarget;
  let camera: FakeDevice;

  before(async () => {
    server = await startMailServer((mail) => mails.put(mail));
    camera = await startFakeDevice(() => ({ body: picture('gate-scene') }));
    target = await listenerTarget();
    nodeRed = await startNodeRed({
      modules: ['node-red-node-email'],
      flows: exampleFlow('08-snapshot-by-email', {
        'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
        'isapi-device': { host: '127.0.0.1', port: String(camera.port) },
        'e-mail': mailBy(server),
      }),
      credentials: {
        'camera-alarms-listener': { secret: SECRET },
        'snapshot-by-email-camera': LOGIN,
        'snapshot-by-email-mail': { userid: 'gate@example.com' },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await camera?.stop();
    await server?.stop();
  });

  it('mails one picture for an alarm that came without any and was repeated', async () => {
    const device = simulatedTerminal();
    const silent: Scene = { ...motion, pictures: [] };
    for (let repeat = 0; repeat < 5; repeat++) await device.push(target, silent);
    await device.push(target, silent, 'inactive');
    await device.push(target, { ...silent, eventType: 'linedetection' });
    const received = [await mails.take(), await mails.take()].map(({ mail }) => mail);
    const subjects = new Set(received.map(({ subject }) => subject));
    assert.deepEqual(subjects, new Set(['Line crossing: Gate', 'Motion: Gate']));
    for (const { attachments } of received) {
      assert.deepEqual(
        attachments.map(({ content }) => content),
        [picture('gate-scene')],
      );
    }
    assert.deepEqual(camera.asked, Array(2).fill('/ISAPI/Streaming/channels/101/picture'));
  });
});

describe('examples: line crossing over the alert stream, and a mail when the camera goes offline', () => {
  const mails = new Mailbox<ReceivedMail>();
  let server: MailServer;
  let nodeRed: NodeRed;
  let device: StreamDevice;

  before(async () => {
    server = await startMailServer((mail) => mails.put(mail));
    device = await StreamDevice.start();
    const changes = {
      'isapi-device': { host: '127.0.0.1', port: String(device.port), name: 'Gate' },
      'e-mail': mailBy(server),
      trigger: { duration: '200', units: 'ms' },
    };
    const { username, password } = USUAL_RULES;
    nodeRed = await startNodeRed({
      modules: ['node-red-node-email'],
      flows: [
        ...exampleFlow('03-alertstream-line-crossing', changes),
        ...exampleFlow('09-camera-offline-by-email', changes),
      ],
      credentials: {
        'line-crossing-stream-camera': { username, password },
        'line-crossing-stream-mail': { userid: 'gate@example.com' },
        'camera-offline-camera': { username, password },
        'camera-offline-mail': { userid: 'gate@example.com' },
      },
    });
  });
  after(async () => {
    await nodeRed?.stop();
    await device?.close();
    await server?.stop();
  });

  it('mails that the camera is online, a line crossing and no motion, and that it is offline', async () => {
    while (device.streams < 2) await turn();
    device.heartbeat();
    assert.equal((await mails.take()).mail.subject, 'Gate is online');
    device.event({ eventType: 'VMD' });
    device.event({ eventType: 'linedetection', channelName: 'Gate' });
    const crossing = (await mails.take()).mail;
    assert.equal(crossing.subject, 'Line crossing: Gate');
    assert.deepEqual(
      crossing.attachments.map(({ content }) => content),
      [picture('gate-scene')],
    );
    await device.close();
    const gone = (await mails.take()).mail;
    assert.equal(gone.subject, 'Gate is offline');
    assert.match(
      gone.text ?? '',
      /^Gate is offline since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d (?:UTC|[+-]\d\d:\d\d)\n(?:STREAM_ENDED|DEVICE_)/,
    );
  });
});

describe('examples: configure a camera, and disarm by schedule', () => {
  let nodeRed: NodeRed;
  let device: ConfigurableDevice;
  let target: PushTarget;

  before(async () => {
    device = await ConfigurableDevice.start();
    target = await listenerTarget();
    const changes = {
      'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
      'isapi-device': { host: '127.0.0.1', port: String(device.port), name: 'Gate' },
      debug: { console: true },
    };
    const { username, password } = USUAL_RULES;
    nodeRed = await startNodeRed({
      flows: [
        ...exampleFlow('04-configure-camera', changes),
        ...exampleFlow('11-disarm-by-schedule', changes),
      ],
      credentials: {
        'configure-camera-listener': { secret: SECRET },
        'configure-camera-camera': { username, password },
        'disarm-schedule-camera': { username, password },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await device?.close();
  });

  /** A click on the button of an inject node. */
  const click = async (id: string) => {
    const response = await fetch(`http://127.0.0.1:${nodeRed.port}/inject/${id}`, { method: 'POST' });
    assert.equal(response.status, 200);
  };

  it('shows the plan, applies it, so that alarms arrive where it says, and restores', async () => {
    const before = device.hosts;
    await click('configure-camera-plan');
    await nodeRed.said(/'slot 1: url: \/ -> \/\*\*\*\/isapi'/);
    assert.deepEqual(device.hosts, before);
    await click('configure-camera-apply');
    await nodeRed.said(/the device reaches the listener/);
    const [slot] = new HttpHosts(device.hosts, LIMITS).slots;
    assert.deepEqual([slot?.host, slot?.port, slot?.path], ['127.0.0.1', target.port, target.path]);
    await click('configure-camera-restore');
    await nodeRed.said(/action: 'restore'/);
    assert.deepEqual(device.hosts, before);
  });

  it('disarms and arms what was armed', async () => {
    const before = JSON.stringify([...device.triggers]);
    await click('disarm-schedule-disarm');
    await nodeRed.said(/'VMD-1: center: on -> off'/);
    assert.notEqual(JSON.stringify([...device.triggers]), before);
    await click('disarm-schedule-arm');
    await nodeRed.said(/'VMD-1: center: off -> on'/);
    assert.equal([...device.triggers.values()].filter((each) => each.includes('center')).length, 2);
  });
});
