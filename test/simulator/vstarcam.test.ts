import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { picture } from '../../src/simulator/picture.js';
import { PushCamera } from '../../src/simulator/vstarcam/push-camera.js';
import { ALARM_CODES } from '../../src/simulator/vstarcam/push-form.js';
import { EMPTY_FILM } from '../../src/simulator/vstarcam/scenes.js';
import { startFormReceiver } from '../support/form-receiver.js';
import { Mailbox } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import { freePort } from '../support/node-red.js';
import { PushReceiver } from '../support/push-receiver.js';

const VUID = 'VC0000000ABCD';
const CAMERA = new PushCamera(VUID);
const RING = { code: ALARM_CODES.doorbell, picture: picture('door-scene'), film: EMPTY_FILM };
const text = (name: string, value: string) => ({ name, bytes: Buffer.from(value) });

describe('a simulated VStarcam camera', () => {
  it('gives a sign of life as the document prints it', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    await CAMERA.heartbeat(target);
    const { head, body } = await pushes.take();
    assert.equal(
      head,
      `POST /push HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nAccept: */*\r\nContent-Length: 24\r\n` +
        'Content-Type: application/json; charset=UTF-8\r\n\r\n',
    );
    assert.equal(body.toString(), '{"vuid":"VC0000000ABCD"}');
  });

  it('sends an alarm as curl would, with picture and film, byte for byte', async (t) => {
    const { target, forms } = await startFormReceiver(t);
    const answer = await CAMERA.alarm(target, RING);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\{"code":"200","message":"Success"\}$/s);
    const { headers, parts, asked } = await forms.take();
    assert.deepEqual(parts, [
      text('vuid', VUID),
      text('type', '20'),
      { name: 'picture', bytes: RING.picture, filename: 'picture.jpg', contentType: 'image/jpeg' },
      { name: 'video', bytes: EMPTY_FILM, filename: 'record.mp4', contentType: 'video/mp4' },
    ]);
    assert.deepEqual([headers.expect, headers['transfer-encoding'], asked], [undefined, undefined, false]);
  });

  it('sends files without a name or type, and no more than there is', async (t) => {
    const { target, forms } = await startFormReceiver(t);
    await CAMERA.alarm(
      target,
      { code: ALARM_CODES.motion, picture: picture('yard-scene') },
      { files: 'bare' },
    );
    await CAMERA.alarm(target, { code: ALARM_CODES.smoke });
    const { parts } = await forms.take();
    assert.deepEqual(parts, [
      text('vuid', VUID),
      text('type', '18'),
      { name: 'picture', bytes: picture('yard-scene') },
    ]);
    assert.deepEqual((await forms.take()).parts, [text('vuid', VUID), text('type', '38')]);
  });

  for (const [code, written] of [
    ['decimal', '109'],
    ['prefixed', '0x6d'],
    ['suffixed', '6DH'],
  ] as const) {
    it(`writes a code as ${written}`, async (t) => {
      const { target, forms } = await startFormReceiver(t);
      await CAMERA.alarm(target, { code: ALARM_CODES.fire }, { code });
      assert.deepEqual((await forms.take()).parts[1], text('type', written));
    });
  }

  it('sends in chunks', async (t) => {
    const { target, forms } = await startFormReceiver(t);
    await CAMERA.alarm(target, RING, { transfer: 'chunked' });
    const { headers, parts } = await forms.take();
    assert.deepEqual([headers['transfer-encoding'], headers['content-length']], ['chunked', undefined]);
    assert.deepEqual(
      parts.slice(2).map(({ bytes }) => bytes),
      [RING.picture, EMPTY_FILM],
    );
  });

  it('keeps the body until it is asked for, and gives back the final answer alone', async (t) => {
    const { target, forms } = await startFormReceiver(t);
    const answer = await CAMERA.alarm(target, RING, { transfer: 'expect' });
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    const { headers, parts, asked } = await forms.take();
    assert.deepEqual([headers.expect, asked], ['100-continue', true]);
    assert.deepEqual(parts[3]?.bytes, EMPTY_FILM);
  });

  it('sends no body when it is refused before it was asked for', async (t) => {
    const server = createServer();
    server.on('checkContinue', (request, response) => {
      request.on('data', () => assert.fail('there was a body'));
      response.writeHead(403, { 'Content-Length': 0 }).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/' };
    const answer = await CAMERA.alarm(target, RING, { transfer: 'expect' });
    assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
  });

  it('tells both of its servers the same, the second also when the first is away', async (t) => {
    const main = await startFormReceiver(t);
    const sub = await startFormReceiver(t);
    await CAMERA.alarmToBoth(main.target, sub.target, RING);
    const told = (await main.forms.take()).parts;
    assert.deepEqual((await sub.forms.take()).parts, told);
    const away = { ...main.target, port: await freePort() };
    const [first, second] = await CAMERA.alarmToBoth(away, sub.target, RING);
    assert.deepEqual([first?.status, second?.status], ['rejected', 'fulfilled']);
    assert.deepEqual((await sub.forms.take()).parts, told);
  });

  it('gives signs of life at its interval until called off, also when nobody is there', async (t) => {
    const receiver = await PushReceiver.start(t);
    const clock = new ManualClock();
    const camera = new PushCamera(VUID, clock);
    const stop = camera.heartbeats(receiver.target, 30);
    for (let beat = 0; beat < 2; beat++) {
      assert.equal(clock.next, 30_000);
      clock.pass(30_000);
      await receiver.pushes.take();
    }
    assert.equal(receiver.connections, 2);
    stop();
    assert.equal(clock.waiting, 0);
    const answers = new Mailbox<string>();
    camera.heartbeats({ ...receiver.target, port: await freePort() }, 30, (answer) => answers.put(answer));
    clock.pass(30_000);
    assert.match(await answers.take(), /ECONNREFUSED/);
    assert.equal(clock.waiting, 1);
  });
});
