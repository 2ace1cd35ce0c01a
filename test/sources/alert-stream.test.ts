import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, streamOf, until } from '../support/stream.js';
import { selfSigned } from './certificate.js';

test('online with the first byte of a part, not with the head, and each event is told', async (t) => {
  const { told, device, stream } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  await settle();
  assert.deepEqual(told.story, []);
  device.event();
  await until(() => told.alarms.length === 1);
  assert.deepEqual(told.story, ['online']);
  assert.deepEqual(
    told.states.map(({ state }) => state),
    ['connecting', 'online'],
  );
  assert.equal(told.alarms[0]?.event.transport, 'alertstream');
  device.heartbeat();
  device.event();
  await until(() => told.alarms.length === 2);
  assert.equal(told.signs.length, 1);
  assert.equal(device.login.attempts, 1);
  assert.equal(device.counts.mostStreams, 1);
});

test('a black hole: stale within 90 s, once, and online again when the device is back', async (t) => {
  const { told, device, stream, time } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.length === 1);
  const dead = time.now();
  device.blackHole();
  time.pass(89_999);
  await settle();
  assert.deepEqual(told.story, ['online']);
  time.pass(1);
  await until(() => told.signs.length === 2);
  const [, stale] = told.signs;
  assert.equal(stale?.event, 'stale');
  assert.match(stale?.reason ?? '', /^STREAM_SILENT: /);
  assert.equal(stale?.since, new Date(dead + 90_000).toISOString());
  assert.equal(stale?.nextRetry, new Date(dead + 91_500).toISOString());
  await until(() => device.connections === 0);
  time.pass(1_500);
  await until(() => device.streams === 1);
  assert.equal(stream.state.state, 'stale');
  device.heartbeat();
  await until(() => told.signs.length === 3);
  assert.deepEqual(told.story, ['online', 'stale STREAM_SILENT', 'online']);
  assert.equal(device.counts.mostStreams, 1);
});

test('stale, then refused: offline, once, however long it lasts', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { random: () => 1 });
  stream.start();
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.length === 1);
  time.pass(90_000);
  await until(() => told.signs.length === 2);
  await device.close();
  const waits: number[] = [];
  // As long as it likes.
  for (let passed = 0; passed < 300_000; ) {
    const { length } = told.states;
    waits.push(time.next);
    passed += time.next;
    time.pass(time.next);
    await until(() => told.states.length > length);
  }
  assert.deepEqual(waits.slice(0, 7), [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  assert.deepEqual(told.story, ['online', 'stale STREAM_SILENT', 'offline DEVICE_REFUSED']);
  assert.equal(told.states.at(-1)?.since, told.signs[2]?.since);
  await device.open();
  time.pass(30_000);
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.length === 4);
  assert.equal(told.signs[3]?.event, 'online');
  assert.equal(told.signs[3]?.reason, undefined);
});

for (const [what, act] of [
  ['reset', 'reset'],
  ['clean end', 'end'],
] as const) {
  test(`a ${what}: offline at once, and again online`, async (t) => {
    const { told, device, stream, time } = await streamOf(t);
    stream.start();
    await until(() => device.streams === 1);
    device.heartbeat();
    await until(() => told.signs.length === 1);
    assert.equal(device.counts.mostStreams, 1);
    device[act]();
    await until(() => told.signs.length === 2);
    assert.equal(told.story[1], 'offline STREAM_ENDED');
    await until(() => device.connections === 0);
    time.pass(1_500);
    await until(() => device.streams === 1);
    device.heartbeat();
    await until(() => told.signs.length === 3);
    assert.equal(device.counts.mostStreams, 1);
    // A device may see the end of the connection of the challenge a moment after the begin of the next one.
    assert.ok(device.counts.mostConnections <= 2);
    assert.equal(device.login.wrong, 0);
  });
}

test('a clean end every 40 s: the waits do not grow, and every event arrives', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { random: () => 1 });
  stream.start();
  for (let round = 1; round <= 20; round++) {
    await until(() => device.streams === 1);
    device.event();
    await until(() => told.alarms.length === round);
    time.pass(40_000);
    device.end();
    await until(() => told.signs.length === 2 * round);
    await until(() => device.connections === 0);
    assert.equal(time.next, 2_000);
    time.pass(2_000);
  }
  assert.equal(device.counts.mostStreams, 1);
  assert.equal(device.login.wrong, 0);
});

test('short connections: the waits grow, and only a healthy minute makes them short again', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { random: () => 1 });
  stream.start();
  const waits: number[] = [];
  for (const good of [0, 0, 0, 20_000, 59_999, 60_000, 0]) {
    const { length } = told.signs;
    await until(() => device.streams === 1);
    device.heartbeat();
    await until(() => told.signs.length === length + 1);
    time.pass(good);
    device.end();
    await until(() => told.signs.length === length + 2);
    await until(() => device.connections === 0);
    waits.push(time.next);
    time.pass(time.next);
  }
  assert.deepEqual(waits, [2_000, 4_000, 8_000, 16_000, 16_000, 2_000, 4_000]);
});

test('head and then silence: known within 90 s', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { device: { answer: 'head' } });
  stream.start();
  await until(() => device.streams === 1);
  await settle();
  for (let round = 0; round < 3; round++) {
    time.pass(90_000);
    await until(() => told.states.length >= 2 + round);
    time.pass(time.next);
    await until(() => device.counts.streams === 2 + round);
    await settle();
  }
  assert.deepEqual(told.story, ['offline STREAM_SILENT']);
});

test('no head at all: offline by the client', async (t) => {
  const { told, device, stream } = await streamOf(t, {
    device: { answer: 'nothing' },
    options: { limits: { totalTimeoutMs: 200 } },
  });
  stream.start();
  await until(() => told.signs.length === 1);
  assert.deepEqual(told.story, ['offline DEVICE_TIMEOUT']);
  await until(() => device.connections === 0);
});

for (const [status, body, sign, wait] of [
  ['404', 'deployExceedMax', 'offline STREAM_BUSY', 120_000],
  ['404', '', 'offline STREAM_MISSING', 120_000],
  ['404', 'notSupport', 'offline STREAM_MISSING', 120_000],
  ['404', 'serviceUnavailable', 'offline STREAM_BUSY', 120_000],
  ['302', '', 'offline DEVICE_REDIRECTS', 1_500],
  ['403', 'armingFull', 'offline STREAM_BUSY', 120_000],
  ['403', 'lowPrivilege', 'auth-failed STREAM_FORBIDDEN', 1_500],
  ['503', 'deviceBusy', 'offline STREAM_HTTP', 1_500],
  ['503', '', 'offline STREAM_HTTP', 1_500],
  ['200', '<html>hello</html>', 'offline STREAM_HTTP', 1_500],
  ['200', 'notSupport', 'offline STREAM_MISSING', 120_000],
  ['403', 'notSupport', 'offline STREAM_MISSING', 120_000],
] as const) {
  test(`${status} ${body}: ${sign}, tried again in ${wait} ms, and then the stream`, async (t) => {
    const answer = { status, body };
    const { told, device, stream, time } = await streamOf(t, { device: { answer } });
    stream.start();
    await until(() => told.signs.length === 1);
    assert.deepEqual(told.story, [sign]);
    assert.equal(time.next, wait);
    assert.equal(told.signs[0]?.nextRetry, new Date(time.now() + wait).toISOString());
    device.settings.answer = 'stream';
    time.pass(wait);
    await until(() => device.streams === 1);
    device.heartbeat();
    await until(() => told.signs.length === 2);
    assert.equal(device.login.wrong, 0);
  });
}

test('a user without the right: one more try, then steps of 5 minutes', async (t) => {
  const answer = { status: '403', body: 'lowPrivilege' };
  const { told, stream, time } = await streamOf(t, { device: { answer } });
  stream.start();
  const waits: number[] = [];
  for (let round = 1; round <= 5; round++) {
    await until(() => told.states.length === round + 1);
    waits.push(time.next);
    time.pass(time.next);
  }
  assert.deepEqual(waits, [1_500, 301_000, 601_000, 1_201_000, 2_401_000]);
  assert.equal(told.signs.length, 1);
});

test('a wrong password: one fresh try, then 5, 10, 20 minutes up to an hour, and one message; put right later', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { client: { password: 'wrong' } });
  device.setLogin({ lockAfter: 100 });
  stream.start();
  const waits: number[] = [];
  for (let round = 1; round <= 7; round++) {
    await until(() => told.states.length === round + 1);
    await settle();
    assert.equal(device.login.wrong, round);
    waits.push(time.next);
    time.pass(time.next - 1);
    await settle();
    assert.equal(device.login.wrong, round);
    if (round === 7) device.setLogin({ password: 'wrong' });
    time.pass(1);
  }
  assert.deepEqual(waits, [1_500, 301_000, 601_000, 1_201_000, 2_401_000, 3_601_000, 3_601_000]);
  assert.deepEqual(told.story, ['auth-failed DEVICE_LOGIN_REFUSED']);
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.length === 2);
  assert.equal(told.signs[1]?.event, 'online');
});

test('a locked account is left alone for as long as it is locked', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { client: { password: 'wrong' } });
  device.setLogin({ lockAfter: 1 });
  stream.start();
  await until(() => told.signs.length === 1);
  assert.equal(time.next, 1_801_000);
  assert.equal(told.signs[0]?.nextRetry, new Date(time.now() + time.next).toISOString());
  assert.match(told.signs[0]?.reason ?? '', /locked for 1800 s/);
  time.pass(time.next - 1);
  await settle();
  assert.equal(device.login.attempts, 1);
});

for (const [what, login] of [
  ['a 401 that closes the connection', { closes: true }],
  ['SHA-256', { algorithms: ['SHA-256'] }],
  ['several challenges', { algorithms: ['MD5', 'SHA-256'], basic: true }],
  ['several challenges in one header', { algorithms: ['SHA-256', 'MD5'], oneHeader: true, basic: true }],
  ['a nonce for two uses', { usesPerNonce: 2 }],
  ['a nonce for one use', { usesPerNonce: 1 }],
] as const) {
  test(`${what}: never a wrong login`, async (t) => {
    const { told, device, stream, time, client } = await streamOf(t, { device: { login } });
    stream.start();
    for (let round = 1; round <= 5; round++) {
      await until(() => device.streams === 1);
      device.event();
      await until(() => told.alarms.length === round);
      const { body } = await client.request({ path: '/ISAPI/Streaming/channels/101/picture' });
      assert.ok(body.length > 1_000);
      device.reset();
      await until(() => told.signs.length === 2 * round);
      time.pass(time.next);
    }
    assert.equal(device.login.wrong, 0);
    assert.ok(device.login.attempts <= 20, `${device.login.attempts} logins`);
    assert.equal(device.counts.mostStreams, 1);
  });
}

test('a 401 without a challenge: auth-failed, and no login sent', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { device: { login: { withoutChallenge: true } } });
  stream.start();
  await until(() => told.signs.length === 1);
  time.pass(time.next);
  await until(() => told.states.length === 3);
  assert.equal(time.next, 301_000);
  assert.deepEqual(told.story, ['auth-failed DEVICE_LOGIN_UNKNOWN']);
  assert.equal(device.login.attempts, 0);
});

test('a name that is not known, a port that is closed, a certificate nobody signed', async (t) => {
  const unknown = await streamOf(t, { client: { host: 'no-such-camera.invalid' } });
  unknown.stream.start();
  await until(() => unknown.told.signs.length === 1);
  assert.deepEqual(unknown.told.story, ['offline DEVICE_NAME_UNKNOWN']);
  const tls = await streamOf(t, { simulator: { certificate: selfSigned() }, client: { protocol: 'https' } });
  tls.stream.start();
  await until(() => tls.told.signs.length === 1);
  assert.deepEqual(tls.told.story, ['offline DEVICE_TLS']);
  const lax = await streamOf(t, {
    simulator: { certificate: selfSigned() },
    client: { protocol: 'https', verifyTls: false },
  });
  lax.stream.start();
  await until(() => lax.device.streams === 1);
  lax.device.event();
  await until(() => lax.told.alarms.length === 1);
});

test('a part without end: cut at the limit, told, and the next connection is good', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { device: { answer: 'endless' } });
  stream.start();
  await until(() => told.signs.length === 2, 'cut', 30_000);
  assert.deepEqual(told.story, ['online', 'offline STREAM_PART_ENDLESS']);
  await until(() => device.connections === 0);
  device.settings.answer = 'stream';
  time.pass(time.next);
  await until(() => device.streams === 1);
  device.event();
  await until(() => told.alarms.length === 1);
});

test('the place of a stream leaves room for other requests', async (t) => {
  const { told, device, stream, client } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => client.request({ path: '/ISAPI/System/deviceInfo' })),
  );
  assert.ok(answers.every(({ status }) => status === 200));
  assert.ok(device.counts.mostConnections <= 4);
  device.event();
  await until(() => told.alarms.length === 1);
  assert.equal(device.streams, 1);
  assert.equal(device.login.wrong, 0);
});

for (const [what, odd] of [
  ['lines that end in LF alone', { bareLf: true }],
  ['a header name with a blank', { headers: ['Content Base: x'] }],
  ['a line that is no header', { headers: ['Embedded Web Server'] }],
  ['a Content-Length that is empty', { headers: ['Content-Length: '] }],
] as const) {
  test(`a head with ${what}: read all the same, one stream at a time, no wrong login`, async (t) => {
    const { told, device, stream, client, time } = await streamOf(t, { device: odd });
    stream.start();
    for (let round = 1; round <= 3; round++) {
      await until(() => device.streams === 1);
      device.event();
      await until(() => told.alarms.length === round);
      const { body } = await client.request({ path: '/ISAPI/Streaming/channels/101/picture' });
      assert.ok(body.length > 1_000);
      device[round === 1 ? 'end' : 'reset']();
      await until(() => told.signs.length === 2 * round);
      await until(() => device.connections === 0);
      time.pass(time.next);
    }
    assert.equal(device.counts.mostStreams, 1);
    assert.equal(device.login.wrong, 0);
    await stream.stop();
    await until(() => device.connections === 0);
  });
}

test('a device with proper heads is never read leniently', async (t) => {
  const { device, client } = await streamOf(t);
  await client.request({ path: '/ISAPI/System/deviceInfo' });
  await client.request({ path: '/ISAPI/System/deviceInfo' });
  // The challenge over one connection, all the rest over another: undici keeps it, the lenient reader does not.
  assert.equal(device.counts.connections, 2);
});

test('a device that was off and comes back silent is still offline', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { device: { answer: { status: '503' } } });
  stream.start();
  await until(() => told.signs.length === 1);
  device.settings.answer = 'head';
  time.pass(time.next);
  await until(() => device.streams === 1);
  await settle();
  time.pass(90_000);
  await until(() => told.states.at(-1)?.reason?.code === 'STREAM_SILENT');
  assert.deepEqual(told.story, ['offline STREAM_HTTP']);
});

test('a password that is wrong once more, after it was right, is tried twice and then in 5 minutes', async (t) => {
  const { told, device, stream, time } = await streamOf(t);
  for (let round = 0; round < 2; round++) {
    device.setLogin({});
    if (round === 0) stream.start();
    else time.pass(time.next);
    await until(() => device.streams === 1);
    device.heartbeat();
    await until(() => told.signs.at(-1)?.event === 'online');
    device.setLogin({ password: 'changed' });
    device.end();
    await until(() => told.signs.at(-1)?.event === 'offline');
    await until(() => device.connections === 0);
    time.pass(time.next);
    await until(() => told.signs.at(-1)?.event === 'auth-failed');
    assert.equal(time.next, 301_000);
  }
  // Each time the known login, which might only be too old, and one fresh try.
  assert.equal(device.login.wrong, 4);
});
