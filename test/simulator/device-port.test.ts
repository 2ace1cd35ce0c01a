import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { DevicePort } from '../../src/simulator/device-port.js';

async function openPort(t: TestContext): Promise<DevicePort> {
  const port: DevicePort = new DevicePort(net.createServer((socket) => port.add(socket)));
  await port.open();
  t.after(() => port.close());
  return port;
}

/** A connection that is open on both sides, and never ends by itself. */
async function connect(port: DevicePort): Promise<net.Socket> {
  const socket = net.connect(port.number, '127.0.0.1');
  await once(socket, 'connect');
  while (port.connections === 0) await new Promise(setImmediate);
  return socket;
}

test('a simulated device that is switched off breaks its connections and refuses further ones', async (t) => {
  const port = await openPort(t);
  const socket = await connect(port);
  const broken = once(socket, 'close');
  await port.close();
  await broken;
  assert.equal(port.connections, 0);
  const [error] = await once(net.connect(port.number, '127.0.0.1'), 'error');
  assert.equal(error.code, 'ECONNREFUSED');
});

test('a simulated device that is switched on again is where it was', async (t) => {
  const port = await openPort(t);
  const { number } = port;
  await port.close();
  await port.open();
  assert.equal(port.number, number);
  const socket = await connect(port);
  const broken = once(socket, 'close');
  port.disconnect();
  await broken;
  (await connect(port)).destroy();
});
