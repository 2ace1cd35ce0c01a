import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import type { DatagramTarget } from '../../src/simulator/recorder/datagram.js';
import type { News } from '../../src/simulator/recorder/envelope.js';
import { EventPushRecorder } from '../../src/simulator/recorder/event-push-recorder.js';
import { intrusion, lineCrossing, motion } from '../../src/simulator/recorder/scenes.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, freeUdpPort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';
import { startTelegramServer, type TelegramCall, type TelegramServer } from '../support/telegram-server.js';

/** What a recorder says of a channel where nothing happened. */
const QUIET: News = { channel_alarm: [{ channel: 'CH1', channel_name: 'Door', record_flag: { r: 'SR' } }] };

describe('example: recorder with event push by e-mail', () => {
  const mails = new Mailbox<ReceivedMail>();
  const recorder = new EventPushRecorder();
  let server: MailServer;
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    server = await startMailServer((mail) => mails.put(mail));
    target = { host: '127.0.0.1', port: await freePort(), path: `/${SECRET}/push` };
    nodeRed = await startNodeRed({
      modules: ['node-red-node-email'],
      flows: exampleFlow('05-recorder-http-push', {
        'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
        'e-mail': mailBy(server),
      }),
      credentials: {
        'camera-alarms-listener': { secret: SECRET },
        'recorder-http-push-mail': { userid: 'recorder@example.com' },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await server?.stop();
  });

  it('mails a line crossing with its picture, byte for byte', async () => {
    const answer = await recorder.push(target, lineCrossing(recorder, true));
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\{"result":"success","data":\{\}\}$/s);
    const { mail } = await mails.take();
    assert.equal(mail.subject, 'Line crossing: Yard');
    assert.match(mail.text ?? '', /^Line crossing – started\nYard, channel 2\n/);
    assert.deepEqual(
      mail.attachments.map(({ content }) => content),
      [picture('yard-scene')],
    );
  });

  it('mails once for an alarm that is repeated and ends, and for nothing that is none', async () => {
    for (let repeat = 0; repeat < 5; repeat++) await recorder.pushFlat(target, motion(true));
    await recorder.pushFlat(target, motion(false));
    await recorder.push(target, QUIET);
    assert.match(await recorder.keepAlive(target), /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(await recorder.pushQuery(target, intrusion(true)), /^HTTP\/1\.1 200 OK\r\n/);
    // Each mail has a connection of its own: they may overtake each other.
    const subjects = new Set([(await mails.take()).mail.subject, (await mails.take()).mail.subject]);
    assert.deepEqual(subjects, new Set(['Motion: Door', 'Intrusion: Door']));
    assert.equal(mails.size, 0);
  });

  it('mails once that a disk failed, that a camera is gone and that one shows nothing, and when that is over', async () => {
    const hdd = { hdd_alarm_type: 'Error', hdd_alarm_info: 'NoDisk' } as const;
    const gone = {
      channel: 'CH3',
      chn_alias: 'Gate',
      camera_connect_status: { connect_status: 'Offline' },
    } as const;
    const lost = (videoloss: boolean) => ({ channel: 'CH4', chn_alias: 'Barrier', videoloss });
    for (let repeat = 0; repeat < 3; repeat++)
      await recorder.push(target, { system_alarm: [{ hdd }], channel_alarm: [gone, lost(true)] });
    await recorder.push(target, { channel_alarm: [lost(false)] });
    const subjects: (string | undefined)[] = [];
    while (subjects.length < 4) subjects.push((await mails.take()).mail.subject);
    assert.deepEqual(
      new Set(subjects),
      new Set([
        'SIM-NVR-16 has a problem with a disk',
        'Gate (channel 3) is offline',
        'Barrier (channel 4) has no video',
        'Barrier (channel 4) has no video (ended)',
      ]),
    );
    assert.equal(mails.size, 0);
  });
});

describe('example: recorder with event push by UDP to Telegram', () => {
  const calls = new Mailbox<TelegramCall>();
  const recorder = new EventPushRecorder();
  let server: TelegramServer;
  let nodeRed: NodeRed;
  let target: DatagramTarget;

  before(async () => {
    server = await startTelegramServer((call) => calls.put(call));
    target = { mode: 'unicast', host: '127.0.0.1', port: await freeUdpPort() };
    nodeRed = await startNodeRed({
      modules: ['node-red-contrib-telegrambot'],
      flows: exampleFlow('06-recorder-udp-push', {
        'udp-push-listener': { port: String(target.port), interface: '127.0.0.1' },
        'telegram bot': { baseapiurl: server.url },
      }),
      credentials: { 'alarm-to-telegram-bot': { token: '1:example' } },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await server?.stop();
  });

  it('sends the words of an alarm, once', async () => {
    for (let repeat = 0; repeat < 3; repeat++) await recorder.cast(target, lineCrossing(recorder, true));
    await recorder.cast(target, lineCrossing(recorder, false));
    await recorder.castFlat(target, motion(true));
    const received = [await calls.take(), await calls.take()];
    assert.deepEqual(
      received.map(({ method, fields }) => [method, fields['chat_id']]),
      Array(2).fill(['sendMessage', '123456789']),
    );
    const lines = received.map(({ fields }) => String(fields['text']).split(/\r?\n/).slice(0, 2));
    assert.deepEqual(
      new Set(lines.map((each) => each.join(' / '))),
      new Set(['Line crossing – started / Yard, channel 2', 'Motion – started / Door']),
    );
    assert.equal(calls.size, 0);
  });
});
