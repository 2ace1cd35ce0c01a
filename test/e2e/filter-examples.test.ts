import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GATE_SCENES, RECORDER_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';
import { startTelegramServer, type TelegramCall, type TelegramServer } from '../support/telegram-server.js';

const [crossing, motion] = GATE_SCENES as readonly [Scene, Scene];
const [, plate] = RECORDER_SCENES as readonly [Scene, Scene];
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** A week that is open but for the hours around now, or only in them. */
function around(open: boolean): string {
  const hour = new Date().getHours();
  const at = (hours: number) => `${String((hour + hours + 24) % 24).padStart(2, '0')}:00`;
  const span = open ? [at(-1), at(2)] : [at(2), at(-1)];
  return JSON.stringify(Object.fromEntries(DAYS.map((day) => [day, [span]])));
}

const target = async (): Promise<PushTarget> => ({
  host: '127.0.0.1',
  port: await freePort(),
  path: `/${SECRET}/isapi`,
});
const ofListener = ({ port }: PushTarget) => ({ host: '127.0.0.1', port: String(port) });
const accepted = (answer: string) => assert.match(answer, /^HTTP\/1\.1 200/);

/** A message that passes no filter: what was sent before it has arrived when it has. */
const LAST = {
  id: 'last',
  type: 'inject',
  z: 'night-line',
  x: 200,
  y: 400,
  props: [{ p: 'payload' }],
  payload: JSON.stringify({ chatId: 1, type: 'message', content: 'the last' }),
  payloadType: 'json',
  wires: [['night-line-sender']],
};

/** A click on the button of an inject node. */
async function clickOn({ port }: NodeRed, id: string): Promise<void> {
  const { status } = await fetch(`http://127.0.0.1:${port}/inject/${id}`, { method: 'POST' });
  assert.equal(status, 200);
}

describe('example: line crossing at night to Telegram', () => {
  const calls = new Mailbox<TelegramCall>();
  let server: TelegramServer;

  before(async () => {
    server = await startTelegramServer((call) => calls.put(call));
  });
  after(() => server?.stop());

  async function start(schedule: string): Promise<[NodeRed, PushTarget]> {
    const place = await target();
    const nodeRed = await startNodeRed({
      modules: ['node-red-contrib-telegrambot'],
      flows: [
        ...exampleFlow('14-night-line-crossing-to-telegram', {
          'alarm-listener': ofListener(place),
          // Each crossing is one to the filter, none a repeat of the one before.
          'isapi-alarm-in': { pairing: 'off' },
          'alarm-filter': { schedule },
          'telegram bot': { baseapiurl: server.url },
        }),
        LAST,
      ],
      credentials: {
        'camera-alarms-listener': { secret: SECRET },
        'night-line-bot': { token: '1:example' },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
    return [nodeRed, place];
  }

  it('sends one picture for forty crossings, and none for other alarms', async () => {
    const [nodeRed, place] = await start(around(true));
    try {
      const camera = simulatedCamera();
      for (let count = 0; count < 40; count++) accepted(await camera.push(place, crossing));
      accepted(await camera.push(place, motion));
      const { method, fields } = await calls.take();
      assert.equal(method, 'sendMediaGroup');
      assert.equal(fields['chat_id'], '123456789');
      const pictures = Object.values(fields).filter((value) => Buffer.isBuffer(value));
      assert.deepEqual(pictures, [picture('gate-scene'), picture('gate-target')]);
      assert.match(JSON.stringify(fields), /Line crossing/);
      // Another camera's crossing is sent at once: behind it, nothing of the forty is on its way any more.
      accepted(await camera.push(place, { ...crossing, channel: 2, channelName: 'Yard' }));
      assert.match(JSON.stringify((await calls.take()).fields), /Yard/);
      assert.equal(calls.size, 0);
    } finally {
      await nodeRed.stop();
    }
  });

  it('sends none by day', async () => {
    const [nodeRed, place] = await start(around(false));
    try {
      accepted(await simulatedCamera().push(place, crossing));
      await clickOn(nodeRed, LAST.id);
      assert.equal((await calls.take()).fields['text'], 'the last');
      assert.equal(calls.size, 0);
    } finally {
      await nodeRed.stop();
    }
  });
});

/** An example that ends in a mail. */
function mailing(name: string, prefix: string) {
  const mails = new Mailbox<ReceivedMail>();
  const running = { mails } as {
    mails: typeof mails;
    server: MailServer;
    nodeRed: NodeRed;
    place: PushTarget;
  };
  before(async () => {
    running.server = await startMailServer((mail) => mails.put(mail));
    running.place = await target();
    running.nodeRed = await startNodeRed({
      modules: ['node-red-node-email'],
      flows: exampleFlow(name, {
        'alarm-listener': ofListener(running.place),
        'e-mail': mailBy(running.server),
      }),
      credentials: {
        'camera-alarms-listener': { secret: SECRET },
        [`${prefix}-mail`]: { userid: 'gate@example.com' },
      },
    });
    await running.nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await running.nodeRed?.stop();
    await running.server?.stop();
  });
  return running;
}

describe('example: arm and disarm', () => {
  const running = mailing('18-arm-and-disarm', 'arm');
  it('mails nothing while somebody is at home, and alarms again when they have left', async () => {
    const { mails, place } = running;
    const camera = simulatedCamera();
    await clickOn(running.nodeRed, 'arm-back');
    accepted(await camera.push(place, crossing));
    await clickOn(running.nodeRed, 'arm-leave');
    // With the second mail, one that was wrong and sent before the first would be there too.
    for (const [channel, channelName] of [
      [2, 'Yard'],
      [3, 'Barrier'],
    ] as const) {
      accepted(await camera.push(place, { ...motion, channel, channelName }));
      const { mail } = await mails.take();
      assert.equal(mail.subject, `Motion: ${channelName}`);
      assert.deepEqual(mail.attachments[0]?.content, picture('gate-scene'));
    }
    assert.equal(mails.size, 0);
  });
});

describe('example: only persons', () => {
  const running = mailing('19-only-persons', 'persons');

  it('mails what a camera takes for a person, and nothing else', async () => {
    const { mails, place } = running;
    const camera = simulatedCamera();
    accepted(await camera.push(place, motion));
    accepted(await camera.push(place, { ...plate, channel: 4 }));
    accepted(await camera.push(place, crossing));
    const { mail } = await mails.take();
    assert.equal(mail.subject, 'Line crossing: Gate');
    assert.match(mail.text ?? '', /Seen: person/);
    assert.equal(mails.size, 0);
  });
});
