import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { picture } from '../../src/simulator/picture.js';
import { PushCamera } from '../../src/simulator/vstarcam/push-camera.js';
import { ALARM_CODES } from '../../src/simulator/vstarcam/push-form.js';
import { EMPTY_FILM } from '../../src/simulator/vstarcam/scenes.js';
import { type Broker, type Published, startBroker } from '../support/broker.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, type FlowNode, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';
import { startTelegramServer, type TelegramCall, type TelegramServer } from '../support/telegram-server.js';

const [lineCrossing, motion] = GATE_SCENES as readonly [Scene, Scene];
const TAB = 'tab';
const node = (id: string, type: string, properties: object): FlowNode => ({
  id,
  type,
  z: TAB,
  x: 1,
  y: 1,
  ...properties,
});
const brokerNode = (port: number, clientid = ''): FlowNode => ({
  id: 'broker',
  type: 'mqtt-broker',
  broker: '127.0.0.1',
  port: String(port),
  clientid,
  autoConnect: true,
  protocolVersion: '4',
  keepalive: '60',
  cleansession: true,
});

describe('alarm-format in front of the nodes of its targets', () => {
  const mails = new Mailbox<ReceivedMail>();
  const calls = new Mailbox<TelegramCall>();
  let mail: MailServer;
  let telegram: TelegramServer;
  let broker: Broker;
  let nodeRed: NodeRed;
  let port: number;
  const published: Published[] = [];
  const at = (path: string) => ({ host: '127.0.0.1', port, path: `/${SECRET}/${path}` });

  before(async () => {
    mail = await startMailServer((received) => mails.put(received));
    telegram = await startTelegramServer((call) => calls.put(call));
    broker = await startBroker((each) => published.push(each));
    port = await freePort();
    nodeRed = await startNodeRed({
      modules: ['node-red-node-email', 'node-red-contrib-telegrambot'],
      flows: [
        { id: TAB, type: 'tab', label: 'formats' },
        { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
        node('in', 'isapi-alarm-in', {
          listener: 'listener',
          path: '/isapi',
          wires: [['email', 'chat', 'inside'], []],
        }),
        node('bell', 'vstarcam-alarm-in', {
          listener: 'listener',
          path: '/vstarcam',
          wires: [['email', 'chat'], []],
        }),
        node('email', 'alarm-format', {
          target: 'email',
          to: 'you@example.com',
          template: '{{text}}\n<b>{{device.address}}</b>',
          wires: [['mail']],
        }),
        node('mail', 'e-mail', { ...mailBy(mail), name: '', wires: [] }),
        node('chat', 'alarm-format', {
          target: 'telegram',
          chatId: '-100123, @gate',
          language: 'pl',
          wires: [['sender']],
        }),
        node('sender', 'telegram sender', { bot: 'bot', haserroroutput: false, outputs: 1, wires: [[]] }),
        {
          id: 'bot',
          type: 'telegram bot',
          botname: 'b',
          baseapiurl: telegram.url,
          updatemode: 'none',
          pollinterval: '300',
        },
        node('inside', 'alarm-format', {
          target: 'mqtt',
          topicPrefix: 'fleet',
          pictures: 'inside',
          wires: [['out']],
        }),
        node('out', 'mqtt out', { broker: 'broker', topic: '', qos: '1', retain: '', wires: [] }),
        node('back', 'mqtt in', {
          broker: 'broker',
          topic: 'fleet/#',
          qos: '1',
          datatype: 'auto-detect',
          wires: [['again']],
        }),
        node('again', 'alarm-format', { target: 'alarm', wires: [['second']] }),
        node('second', 'alarm-format', { target: 'email', to: 'elsewhere@example.com', wires: [['mail']] }),
        brokerNode(broker.port),
      ],
      credentials: {
        listener: { secret: SECRET },
        mail: { userid: 'gate@example.com' },
        bot: { token: '1:example' },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
    await nodeRed.said(/Connected to broker/);
  });
  after(async () => {
    await nodeRed?.stop();
    await broker?.stop();
    await telegram?.stop();
    await mail?.stop();
  });

  it('mails, sends to chats, and carries an alarm over MQTT, with both pictures byte for byte', async () => {
    await simulatedCamera().push(at('isapi'), lineCrossing);
    const received = [await mails.take(), await mails.take()].map((each) => each.mail);
    const bytes = [picture('gate-scene'), picture('gate-target')];
    for (const each of received) {
      assert.equal(each.subject, 'Line crossing: Gate');
      assert.deepEqual(
        each.attachments.map(({ content }) => content),
        bytes,
      );
      // Shown in its place: mailparser puts the picture of a cid into the HTML.
      for (const content of bytes)
        assert.ok(String(each.html).includes(`src="data:image/jpeg;base64,${content.toString('base64')}"`));
    }
    const [own, again] = ['you', 'elsewhere'].map((name) =>
      received.find(({ to }) => JSON.stringify(to).includes(`${name}@example.com`)),
    );
    assert.match(
      own?.text ?? '',
      /^Line crossing – started\nGate, channel 1\n[\s\S]*\n<b>127\.0\.0\.1<\/b>\s*$/,
    );
    assert.match(String(own?.html), /<br>&lt;b&gt;127\.0\.0\.1&lt;\/b&gt;<\/p>/);
    assert.doesNotMatch(again?.text ?? '', /<b>/);
    const sent = [await calls.take(), await calls.take()];
    assert.deepEqual(new Set(sent.map(({ fields }) => fields['chat_id'])), new Set(['-100123', '@gate']));
    for (const { method, text, files } of sent) {
      assert.equal(method, 'sendMediaGroup');
      assert.match(text, /^Przekroczenie linii – początek\nGate, kanał 1\n/);
      assert.deepEqual(
        files.map(({ type, content }) => [type, content]),
        bytes.map((content) => ['photo', content]),
      );
    }
    assert.deepEqual(
      published.map(({ topic, qos, retain }) => [topic, qos, retain]),
      [['fleet/isapi/00-00-5e-00-53-01/1/line-crossing', 1, false]],
    );
  });

  it('sends a film: attached to the mail, and shown beside the picture in the chat', async () => {
    const ring = { code: ALARM_CODES.doorbell, picture: picture('door-scene'), film: EMPTY_FILM };
    await new PushCamera('VC0000000ABCD').alarm(at('vstarcam'), ring);
    const { attachments, html } = (await mails.take()).mail;
    assert.deepEqual(
      attachments.map(({ filename, content, related }) => [filename, content, related === true]),
      [
        ['scene-1.jpg', ring.picture, true],
        ['video-2.mp4', ring.film, false],
      ],
    );
    assert.doesNotMatch(String(html), /video-2/);
    const { method, files } = await calls.take();
    assert.equal(method, 'sendMediaGroup');
    assert.deepEqual(
      files.map(({ type, filename, contentType, content }) => [type, filename, contentType, content]),
      [
        ['photo', 'scene-1.jpg', 'image/jpeg', ring.picture],
        ['video', 'video-2.mp4', 'video/mp4', ring.film],
      ],
    );
    await calls.take();
  });
});

describe('alarm-format and a broker that is away', () => {
  let nodeRed: NodeRed | undefined;
  let broker: Broker | undefined;
  afterEach(async () => {
    await nodeRed?.stop();
    await broker?.stop();
  });

  it('has an alarm confirmed only when its pictures and itself are with the broker', async () => {
    const [port, brokerPort] = [await freePort(), await freePort()];
    nodeRed = await startNodeRed({
      flows: [
        { id: TAB, type: 'tab', label: 'confirmed' },
        {
          id: 'listener',
          type: 'alarm-listener',
          host: '127.0.0.1',
          port: String(port),
          confirm: true,
          spool: 'off',
        },
        node('in', 'isapi-alarm-in', { listener: 'listener', path: '/isapi', wires: [['format'], []] }),
        node('format', 'alarm-format', { target: 'mqtt', wires: [['out']] }),
        node('out', 'mqtt out', { broker: 'broker', topic: '', qos: '1', retain: '', wires: [] }),
        node('sent', 'complete', { scope: ['out'], uncaught: false, wires: [['settle']] }),
        node('settle', 'alarm-settle', { wires: [['shown']] }),
        node('shown', 'debug', { name: 'sent', active: true, console: true, complete: 'topic', wires: [] }),
        { ...brokerNode(brokerPort) },
      ],
      credentials: { listener: { secret: SECRET } },
      settings: {
        mqttReconnectTime: 100,
        cameraAlarms: { limits: { confirmMs: 300, confirmMostMs: 600, confirmTries: 1_000 } },
      },
    });
    await nodeRed.said(/waiting for alarms on port/);
    await simulatedCamera().push({ host: '127.0.0.1', port, path: `/${SECRET}/isapi` }, motion);
    await nodeRed.said(/Connection failed to broker/);
    const published = new Mailbox<Published>();
    broker = await startBroker((each) => published.put(each), brokerPort);
    await nodeRed.said(/\[debug:sent\]\s+alarms\/isapi\/00-00-5e-00-53-01\/1\/motion\n/);
    const topic = 'alarms/isapi/00-00-5e-00-53-01/1/motion';
    const first = await published.take();
    assert.equal(first.topic, `${topic}/picture/1`);
    assert.deepEqual(first.payload, picture('gate-scene'));
    assert.equal((await published.take()).topic, topic);
  });
});

describe('example: alarms in Home Assistant', () => {
  const published = new Mailbox<Published>();
  let broker: Broker;
  let nodeRed: NodeRed;
  let port: number;
  const camera = simulatedCamera();
  const push = (scene: Scene, state?: 'inactive') =>
    camera.push({ host: '127.0.0.1', port, path: `/${SECRET}/isapi` }, scene, state);

  before(async () => {
    broker = await startBroker((each) => published.put(each));
    port = await freePort();
    nodeRed = await startNodeRed({
      flows: exampleFlow('15-home-assistant', {
        'alarm-listener': { host: '127.0.0.1', port: String(port) },
        'mqtt-broker': { broker: '127.0.0.1', port: String(broker.port) },
      }),
      credentials: { 'home-assistant-listener': { secret: SECRET } },
    });
    await nodeRed.said(/waiting for alarms on port/);
    await nodeRed.said(/Connected to broker/);
  });
  after(async () => {
    await nodeRed?.stop();
    await broker?.stop();
  });

  /** What is published up to a state that was switched. */
  async function until(payload: 'ON' | 'OFF'): Promise<Published[]> {
    const all: Published[] = [];
    do all.push(await published.take());
    while (String(all.at(-1)?.payload) !== payload);
    return all;
  }

  it('describes and switches what a camera sees, with its picture, retained', async () => {
    const ID = 'camera-alarms_isapi_00-00-5e-00-53-01';
    const TOP = 'camera-alarms/isapi/00-00-5e-00-53-01';
    await push(motion);
    const begun = await until('ON');
    assert.deepEqual(
      new Set(begun.map(({ topic }) => topic)),
      new Set([
        'camera-alarms/status',
        `${TOP}/availability`,
        `homeassistant/image/${ID}_1_picture/config`,
        `${TOP}/1/picture`,
        `homeassistant/binary_sensor/${ID}_1_motion/config`,
        `${TOP}/1/motion/attributes`,
        `${TOP}/1/motion/state`,
      ]),
    );
    assert.ok(begun.every(({ qos, retain }) => qos === 1 && retain));
    const payloadOf = (topic: string) => begun.find((each) => each.topic === topic)?.payload;
    assert.deepEqual(payloadOf(`${TOP}/1/picture`), picture('gate-scene'));
    assert.equal(String(payloadOf(`${TOP}/availability`)), 'online');
    const config = JSON.parse(String(payloadOf(`homeassistant/binary_sensor/${ID}_1_motion/config`)));
    assert.equal(config.state_topic, `${TOP}/1/motion/state`);
    assert.equal(config.device_class, 'motion');
    await push(motion, 'inactive');
    const ended = await until('OFF');
    assert.deepEqual(
      ended.filter(({ topic }) => topic.endsWith('/config')),
      [],
    );
    assert.equal(ended.at(-1)?.topic, `${TOP}/1/motion/state`);
  });

  it('says so when Node-RED is gone without a word', async () => {
    nodeRed.process.kill('SIGKILL');
    const { topic, payload, qos, retain } = await published.take();
    assert.deepEqual([topic, String(payload), qos, retain], ['camera-alarms/status', 'offline', 1, true]);
  });
});
