import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { complaints, drain, type ListenerPlan, startListener, stopInTime } from '../support/listener.js';
import { selfSigned } from './certificate.js';
import { RawClient } from './raw-client.js';
import { countOf, LARGE, MULTIPART, multipart, request, SMALL, xml } from './samples.js';

const tls = selfSigned();

const startTls = (t: TestContext, plan: ListenerPlan = {}) =>
  startListener(t, { ...plan, settings: { ...plan.settings, tls } });

test('pushes over TLS are alarms, several over one connection', async (t) => {
  const { port, alarms } = await startTls(t);
  const client = await RawClient.openTls(port);
  for (let count = 1; count <= 3; count++) {
    await client.send(request(multipart(count, SMALL, LARGE), { type: MULTIPART }));
    assert.equal((await client.answer()).status, 200);
    const [alarm, ...more] = await drain(alarms);
    assert.equal(more.length, 0);
    assert.equal(alarm && countOf(alarm), count);
    assert.equal(alarm?.event.device.address, '127.0.0.1');
    assert.deepEqual(
      alarm?.attachments.map(({ content }) => content),
      [SMALL, LARGE],
    );
  }
  client.socket.destroy();
});

test('of forty pushes at once over TLS from one address none is lost', async (t) => {
  const { port, alarms } = await startTls(t);
  const push = async (count: number) => {
    const client = await RawClient.openTls(port);
    const headers = ['Connection: close'];
    await client.send(request(multipart(count, LARGE), { type: MULTIPART, headers }));
    assert.equal((await client.lastAnswer()).status, 200);
  };
  await Promise.all(Array.from({ length: 40 }, (_, count) => push(count)));
  const got = await drain(alarms);
  assert.deepEqual(
    got.map(countOf).sort((a, b) => a - b),
    Array.from({ length: 40 }, (_, count) => count),
  );
  for (const { attachments } of got) assert.deepEqual(attachments[0]?.content, LARGE);
});

test('addresses, secret and login count over TLS as without', async (t) => {
  const subscribed = await startTls(t, { settings: { allow: '127.0.0.2' } });
  const client = await RawClient.openTls(subscribed.port);
  await client.send(request(xml()));
  assert.equal((await client.lastAnswer()).status, 403);
  assert.deepEqual(await complaints(subscribed), ['denied ADDRESS_DENIED']);
});

test('plain HTTP on a port with TLS is told as what it is', async (t) => {
  const subscribed = await startTls(t);
  const client = await RawClient.open(subscribed.port);
  await client.send(request(xml()));
  assert.doesNotMatch(await client.rest(), /200/);
  await subscribed.quiet(1);
  assert.equal(subscribed.alarms.size, 0);
  const [sign, ...more] = await drain(subscribed.signs);
  assert.equal(more.length, 0);
  assert.deepEqual([sign?.event, sign?.reason?.split(':')[0]], ['denied', 'HTTPS_EXPECTED']);
  assert.deepEqual(sign?.device, { id: '127.0.0.1', address: '127.0.0.1' });
});

test('noise on a port with TLS is refused, and the next push taken', async (t) => {
  const subscribed = await startTls(t);
  const client = await RawClient.open(subscribed.port);
  await client.send(Buffer.alloc(1_000, 0x99));
  await client.rest();
  assert.deepEqual(await complaints(subscribed), ['denied REQUEST_MALFORMED']);
  const good = await RawClient.openTls(subscribed.port);
  await good.send(request(xml()));
  assert.equal((await good.answer()).status, 200);
  good.socket.destroy();
});

const limits = { headersTimeoutMs: 300, requestTimeoutMs: 600, checkIntervalMs: 50, refusedLingerMs: 100 };
const HELLO = Buffer.from('1603010200010001fc0303', 'hex');
for (const [what, bytes] of [
  ['says nothing', Buffer.alloc(0)],
  ['stops in its TLS greeting', HELLO],
] as const) {
  test(`a peer that ${what} is cut off in the time a head may take`, async (t) => {
    const { port, quiet } = await startTls(t, { limits });
    const client = await RawClient.open(port);
    await client.send(bytes);
    await client.rest(limits.headersTimeoutMs + 1_000);
    await quiet(1);
  });
}

test('a peer that is slow behind its TLS greeting hears 408', async (t) => {
  const { port } = await startTls(t, { limits });
  const client = await RawClient.openTls(port);
  await client.send('POST ');
  assert.equal((await client.lastAnswer()).status, 408);
});

test('a push over TLS that breaks off in its picture is a truncated alarm', async (t) => {
  const { port, alarms, read } = await startTls(t);
  const client = await RawClient.openTls(port);
  const bytes = request(multipart(1, SMALL, LARGE), { type: MULTIPART });
  await client.send(bytes.subarray(0, -1_000));
  await read(1, bytes.length - 1_000);
  client.socket.destroy();
  const { event, attachments } = await alarms.take();
  assert.equal(event.truncated, true);
  assert.deepEqual(attachments[0]?.content, SMALL);
});

test('peers that are gone before they are looked at are no errors of ours', async (t) => {
  const { port, alarms, quiet } = await startTls(t, { settings: { allow: '127.0.0.1' } });
  for (let count = 1; count <= 30; count++) {
    const client = await RawClient.openTls(port);
    client.socket.write(request(xml(count)), () => client.socket.destroy());
    await quiet(count);
  }
  for (const { event } of await drain(alarms)) assert.equal(event.type, 'linedetection');
});

test('stop() frees a port with TLS in time, whatever its peers are in the middle of', async (t) => {
  const { port, listener, accepted } = await startTls(t);
  const silent = await RawClient.open(port);
  const greeting = await RawClient.open(port);
  await greeting.send(HELLO);
  const idle = await RawClient.openTls(port);
  const half = await RawClient.openTls(port);
  await half.send(request(multipart(1, LARGE), { type: MULTIPART }).subarray(0, -9));
  await accepted(4);
  await stopInTime(listener);
  for (const client of [silent, greeting, idle, half]) await client.rest();
});
