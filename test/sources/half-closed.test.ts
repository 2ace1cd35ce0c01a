import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { FakeDisk } from '../support/fake-disk.js';
import { drain, startListener } from '../support/listener.js';
import { selfSigned } from './certificate.js';
import { RawClient } from './raw-client.js';
import { countOf, request, xml } from './samples.js';

/** A listener whose disk waits, and a client that may close its own direction alone. */
async function startSlow(t: TestContext) {
  const disk = new FakeDisk();
  const started = await startListener(t, { keep: { disk, sync: true, confirmed: false } });
  const go = disk.hold();
  const client = await RawClient.open(started.port, { allowHalfOpen: true });
  await started.accepted(1);
  /** Sends these and nothing more, which the listener knows when it returns. */
  const sendAll = async (bytes: Buffer) => {
    const [socket] = started.sockets;
    assert.ok(socket !== undefined);
    const ended = once(socket, 'end');
    client.socket.end(bytes);
    await ended;
  };
  return { ...started, client, sendAll, go };
}

test('who closes its own direction behind the request is answered when the alarm is on disk', async (t) => {
  const { client, sendAll, go, alarms } = await startSlow(t);
  await sendAll(request(xml(1)));
  go();
  assert.equal((await client.lastAnswer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
});

test('each of two requests sent at once is answered, and the connection ends behind the last', async (t) => {
  const { client, sendAll, go, alarms } = await startSlow(t);
  await sendAll(Buffer.concat([request(xml(1)), request(xml(2))]));
  go();
  assert.equal((await client.answer()).status, 200);
  assert.equal((await client.lastAnswer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1, 2]);
});

test('who closes its own direction in the middle of a request is not waited for', async (t) => {
  const { client, sendAll, go, alarms, quiet } = await startSlow(t);
  const whole = request(xml(1));
  go();
  await sendAll(whole.subarray(0, -20));
  await client.rest();
  await quiet(1);
  assert.deepEqual(await drain(alarms), []);
});

test('who has nothing more to say on a connection it kept is not waited for', async (t) => {
  const { client, sendAll, go, quiet } = await startSlow(t);
  go();
  await client.send(request(xml(1)));
  assert.equal((await client.answer()).status, 200);
  await sendAll(Buffer.alloc(0));
  assert.equal(await client.rest(), '');
  await quiet(1);
});

test('the same over TLS', async (t) => {
  const disk = new FakeDisk();
  const { port, alarms } = await startListener(t, {
    settings: { tls: selfSigned() },
    keep: { disk, sync: true, confirmed: false },
  });
  const go = disk.hold();
  const ended = new Promise<void>((resolve) => {
    const onRequest = (message: unknown) => {
      const { socket } = message as { socket: Socket };
      if (socket.localPort === port) socket.once('end', resolve);
    };
    subscribe('http.server.request.start', onRequest);
    t.after(() => unsubscribe('http.server.request.start', onRequest));
  });
  const client = await RawClient.openTls(port, { allowHalfOpen: true });
  client.socket.end(request(xml(1)));
  await ended;
  go();
  assert.equal((await client.lastAnswer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
});
