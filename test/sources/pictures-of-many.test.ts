import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { MULTIPART, multipartBody, pushRequest } from '../../src/simulator/http-push.js';
import { jpeg } from '../support/fake-device.js';
import { PATH, startListener } from '../support/listener.js';

const DEVICES = 50;
const PUSHES = 200;

/** Pushes one request from an address of its own, in two pieces, so that those of all devices interleave. */
function push(port: number, localAddress: string, request: Buffer, cut: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port, localAddress }, () => {
      socket.write(request.subarray(0, cut), () => socket.write(request.subarray(cut)));
    });
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => (answer.startsWith('HTTP/1.1 200') ? resolve() : reject(new Error(answer))));
  });
}

test('each picture belongs to its own event: 50 devices at once, 10,000 pushes with two pictures each', async (t) => {
  const { port, alarms } = await startListener(t);
  const device = async (number: number) => {
    const mac = `00:00:5e:00:53:${number.toString(16).padStart(2, '0')}`;
    for (let count = 0; count < PUSHES; count++) {
      const id = `device ${number} event ${count} end`;
      const xml =
        `<EventNotificationAlert><macAddress>${mac}</macAddress><channelID>1</channelID><channelName>${id}</channelName>` +
        '<eventType>VMD</eventType><eventState>active</eventState></EventNotificationAlert>';
      const parts = [
        { name: 'VMD.xml', filename: 'VMD.xml', contentType: 'application/xml', bytes: xml },
        { name: 'scene.jpg', filename: 'scene.jpg', contentType: 'image/jpeg', bytes: jpeg(`${id} scene`) },
        {
          name: 'target.jpg',
          filename: 'target.jpg',
          contentType: 'image/jpeg',
          bytes: jpeg(`${id} target`),
        },
      ];
      const target = { host: '127.0.0.1', port, path: PATH };
      const request = pushRequest(target, MULTIPART, multipartBody(parts));
      await push(port, `127.0.1.${number + 1}`, request, (count * 7919 + number * 31) % request.length);
    }
  };
  await Promise.all(Array.from({ length: DEVICES }, (_, number) => device(number)));
  const seen = new Set<string>();
  for (let count = 0; count < DEVICES * PUSHES; count++) {
    const { event, attachments } = await alarms.take();
    const id = event.channelName ?? '';
    assert.deepEqual(
      attachments.map(({ content }) => content),
      [jpeg(`${id} scene`), jpeg(`${id} target`)],
    );
    assert.equal(
      event.device.mac,
      `00:00:5e:00:53:${Number(id.split(' ')[1]).toString(16).padStart(2, '0')}`,
    );
    seen.add(id);
  }
  assert.equal(seen.size, DEVICES * PUSHES);
});
