import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { StreamDevice } from '../../src/simulator/alert-stream.js';
import { isWholeAnswer, MULTIPART, multipartBody, pushRequest, send } from '../../src/simulator/http-push.js';
import type { SimulatedAlert } from '../../src/simulator/isapi-documents.js';
import { picture } from '../../src/simulator/picture.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { freePort } from '../support/node-red.js';
import { LOGIN, until } from '../support/stream.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const SECRET = 'k3v9x2m4q7w1';
const AT = new Date(Date.UTC(2026, 10, 22, 7, 15, 30));

/** A device that is listened to and pushes too; both ways lead to one place in the flow. Its events are known by their channel. */
async function start() {
  const device = await StreamDevice.start({ heartbeatMs: 0 });
  ends.push(() => device.close());
  const port = await freePort();
  const flow: Flow = await startFlow(
    [
      { id: 'camera', type: 'isapi-device', protocol: 'http', host: '127.0.0.1', port: String(device.port) },
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
      flowNode('stream', 'alertstream', { device: 'camera', endAfter: '0', wires: [['alarms'], []] }),
      flowNode('push', 'isapi-alarm-in', { listener: 'listener', wires: [['alarms'], ['states']] }),
      flowNode('alarms', 'helper'),
      flowNode('states', 'helper'),
    ],
    { camera: LOGIN, listener: { secret: SECRET } },
  );
  ends.push(() => flow.stop());
  await until(() => device.streams === 1);
  await until(() => flow.log().some((line) => line.startsWith('waiting for alarms')));
  const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
  /** With the counter of its own connection. */
  const push = async (alert: Partial<SimulatedAlert>, pictures: readonly Buffer[] = []) => {
    const { contentType, bytes } = device.document({ time: AT, count: 77, ...alert });
    const parts = pictures.map((jpeg) => ({ name: 'scene', contentType: 'image/jpeg', bytes: jpeg }));
    const body = multipartBody([{ name: 'alert', contentType, bytes }, ...parts]);
    assert.match(await send(target, pushRequest(target, MULTIPART, body), isWholeAnswer), /^HTTP\/1\.1 200/);
  };
  return { device, flow, push };
}

describe('a device that is listened to and pushes too', () => {
  it('gives one message for an event, whichever way it comes first', async () => {
    const { device, flow, push } = await start();
    device.event({ time: AT, channel: 1 });
    assert.equal((await flow.at('alarms').take()).payload.transport, 'alertstream');
    await push({ channel: 1 });
    await push({ channel: 2 });
    assert.equal((await flow.at('alarms').take()).payload.channel, 2);
    device.event({ time: AT, channel: 2 });
    device.event({ time: AT, channel: 3 });
    assert.equal((await flow.at('alarms').take()).payload.channel, 3);
  });

  it('gives the picture that came the other way alone', async () => {
    const { device, flow, push } = await start();
    device.event({ time: AT, channel: 4 });
    assert.equal((await flow.at('alarms').take()).attachments.length, 0);
    await push({ channel: 4 }, [picture('gate-scene')]);
    assert.ok((await flow.at('alarms').take()).attachments[0]?.content.equals(picture('gate-scene')));
  });

  it('gives both of two that differ by their time', async () => {
    const { device, flow, push } = await start();
    device.event({ time: AT, channel: 5 });
    assert.equal((await flow.at('alarms').take()).payload.transport, 'alertstream');
    await push({ channel: 5, time: new Date(AT.getTime() + 1_000) });
    assert.equal((await flow.at('alarms').take()).payload.transport, 'http-push');
  });
});
