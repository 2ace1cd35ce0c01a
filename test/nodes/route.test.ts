import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { pushRequest, send } from '../../src/simulator/http-push.js';
import { type FakeDevice, jpeg, LOGIN, startFakeDevice } from '../support/fake-device.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const MAC = '00:00:5e:00:53:01';

let flow: Flow | undefined;
let device: FakeDevice | undefined;
afterEach(async () => {
  await flow?.stop();
  await device?.stop();
  flow = undefined;
  device = undefined;
});

/** A flow with one alarm node, and how to push alerts at it. */
async function start(properties: object, deviceProperties: object = {}) {
  const port = await freePort();
  const nodes: FlowNode[] = [
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
    { id: 'recorder', type: 'isapi-device', mac: MAC, host: '127.0.0.1', name: 'Yard', ...deviceProperties },
    flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [['alarms'], []], ...properties }),
    flowNode('alarms', 'helper'),
    flowNode('errors', 'helper'),
    flowNode('statuses', 'helper'),
    flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
    flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
  ];
  const running = await startFlow(nodes, { listener: { secret: SECRET }, recorder: LOGIN });
  flow = running;
  for (;;) if (/listening/.test((await running.at('statuses').take()).status?.text ?? '')) break;
  const push = async (fields: Readonly<Record<string, string>>) => {
    const alert = { macAddress: MAC, channelID: '1', eventType: 'VMD', eventState: 'active', ...fields };
    const inside = Object.entries(alert).map(([name, value]) => `<${name}>${value}</${name}>`);
    const body = Buffer.from(`<EventNotificationAlert>${inside.join('')}</EventNotificationAlert>`);
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    assert.match(await send(target, pushRequest(target, 'application/xml', body)), /^HTTP\/1.1 200/);
  };
  return { running, push, alarms: running.at('alarms') };
}

describe('what an alarm node does to alarms on their way', () => {
  it('nothing, for a flow that was saved without these settings', async () => {
    const { push, alarms } = await start({});
    for (let repeat = 0; repeat < 3; repeat++) await push({});
    await push({ eventState: 'inactive' });
    for (const state of ['active', 'active', 'active', 'inactive']) {
      const { payload } = await alarms.take();
      assert.equal(payload.state, state);
      assert.equal(payload.correlationId, undefined);
    }
  });

  it('makes one start and one end of what a device repeats', async () => {
    const { push, alarms } = await start({ pairing: 'device' });
    for (let repeat = 0; repeat < 3; repeat++) await push({});
    await push({ eventState: 'inactive' });
    const begin = (await alarms.take()).payload;
    const end = (await alarms.take()).payload;
    assert.deepEqual([begin.state, end.state], ['active', 'inactive']);
    assert.equal(begin.correlationId, begin.id);
    assert.equal(end.correlationId, begin.id);
    assert.notEqual(end.id, begin.id);
    assert.deepEqual([end.count, end.endedBy], [3, 'device']);
    assert.match(end.text, /\nLasted: \d+ s$/);
    assert.equal(alarms.size, 0);
  });

  it('ends by time what a device never ends, and a closed node sends nothing more', async () => {
    const { push, alarms } = await start({ pairing: 'time', endAfter: '1' });
    await push({});
    await alarms.take();
    const { payload, topic } = await alarms.take();
    assert.equal(topic, 'isapi/00-00-5e-00-53-01/1/motion');
    assert.deepEqual([payload.state, payload.endedBy, payload.count], ['inactive', 'time', 1]);
    assert.equal(payload.title, 'Motion: Yard (ended)'.replace('Yard', '127.0.0.1'));
  });

  it('leaves out what comes from the memory of a device, if asked to', async () => {
    const { push, alarms } = await start({ history: 'drop' });
    await push({ isDataRetransmission: 'true' });
    await push({ eventType: 'linedetection' });
    assert.equal((await alarms.take()).payload.kind, 'line-crossing');
  });

  it('delivers what comes from the memory of a device, marked', async () => {
    const { push, alarms } = await start({ pairing: 'time' });
    await push({ isDataRetransmission: 'true' });
    const { payload } = await alarms.take();
    assert.deepEqual([payload.history, payload.correlationId], [true, undefined]);
  });

  it('counts the IP cameras of a hybrid recorder from 1, if that is set', async () => {
    const { push, alarms } = await start({ device: 'recorder' }, { channels: 'ip-after-32' });
    for (const [raw, channel] of [
      ['34', 2],
      ['33', 1],
      ['32', 32],
      ['2', 2],
    ] as const) {
      await push({ channelID: raw });
      const { payload, topic } = await alarms.take();
      assert.deepEqual([payload.channel, payload.channelRaw], [channel, raw]);
      assert.equal(topic, `isapi/00-00-5e-00-53-01/${channel}/motion`);
    }
  });

  it('leaves channel numbers as sent otherwise', async () => {
    const { push, alarms } = await start({ device: 'recorder' });
    await push({ channelID: '34' });
    assert.equal((await alarms.take()).payload.channel, 34);
  });

  it('fetches a picture the alarm only names, with the login of the device', async () => {
    device = await startFakeDevice((path) => ({ body: jpeg(path) }));
    const { push, alarms } = await start(
      { device: 'recorder', fetchPictures: true },
      { port: String(device.port) },
    );
    await push({ bkgUrl: 'http://127.0.0.1/picture/Streaming/tracks/203?name=a&amp;size=5' });
    const { payload, attachments, filename } = await alarms.take();
    assert.equal(payload.kind, 'motion');
    assert.equal(filename, 'scene-1.jpg');
    assert.deepEqual(
      attachments.map(({ content, role, cid }) => [content, role, cid]),
      [[jpeg('/picture/Streaming/tracks/203?name=a&size=5'), 'scene', `${payload.id}.1@camera-alarms`]],
    );
  });

  it('asks no other host for a picture, whatever an alarm says', async () => {
    device = await startFakeDevice(() => ({ body: jpeg('x') }));
    const { push, alarms } = await start(
      { device: 'recorder', fetchPictures: 'true' },
      { port: String(device.port) },
    );
    await push({ bkgUrl: 'http://192.0.2.66/picture', URL: 'http://127.0.0.1@192.0.2.66/picture' });
    const { payload, attachments } = await alarms.take();
    assert.equal(attachments.length, 0);
    assert.equal(payload.pictureUrls?.length, 2);
    assert.deepEqual(device.asked, []);
  });

  it('delivers the alarm without its picture when the device has none, and says why', async () => {
    const { push, alarms, running } = await start(
      { device: 'recorder', fetchPictures: true },
      { port: String(await freePort()) },
    );
    await push({ bkgUrl: 'http://127.0.0.1/picture' });
    assert.equal((await alarms.take()).attachments.length, 0);
    assert.match((await running.at('errors').take()).error?.message ?? '', /takes no connections/);
  });

  it('keeps the order of alarms when one of them waits for its picture', async () => {
    device = await startFakeDevice((path) => ({ body: jpeg(path) }));
    const { push, alarms } = await start(
      { device: 'recorder', fetchPictures: true },
      { port: String(device.port) },
    );
    await push({ bkgUrl: 'http://127.0.0.1/picture' });
    await push({ eventState: 'inactive' });
    assert.deepEqual(
      [(await alarms.take()).payload.state, (await alarms.take()).payload.state],
      ['active', 'inactive'],
    );
  });
});
