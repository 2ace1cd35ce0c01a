import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { DeviceClient, type DeviceSettings } from '../../src/device/device-client.js';
import { AlarmError } from '../../src/errors.js';
import { DEVICE_LIMITS } from '../../src/limits.js';
import { selfSigned } from '../sources/certificate.js';
import { answer, challenge, clientOf, isRight, LOGIN, refusal, startDevice } from './scripted-device.js';

const OK = answer('200 OK', 'fine');

/** Nothing that happens in this file may end up here. */
const accidents: unknown[] = [];
process.on('unhandledRejection', (reason) => accidents.push(reason));
process.on('uncaughtExceptionMonitor', (error) => accidents.push(error));
process.on('warning', (warning) => accidents.push(warning));
test.after(() => assert.deepEqual(accidents, []));

/** A server that does with each connection what the test wants. */
async function rawServer(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The error of a request that must fail; neither it nor anything it holds may tell the login. */
async function failure(request: Promise<unknown>): Promise<AlarmError> {
  const error = await request.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AlarmError, inspect(error));
  const told = [
    error.message,
    String(error.stack),
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    inspect(error, { depth: 9, showHidden: true }),
  ].join('\n');
  const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
  for (const secret of [LOGIN.password, LOGIN.username, basic, 'uthorization']) {
    assert.equal(told.includes(secret), false, told);
  }
  return error;
}

const SHORT = { headersTimeoutMs: 50, bodyTimeoutMs: 50, connectTimeoutMs: 50 };

test('an answer is given as it came: status, headers, bytes', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString('latin1');
  const { port, asked } = await startDevice(t, () =>
    answer('200 OK', bytes, 'X-A: 1', 'x-a: 2', 'Content-Type: image/jpeg', '__proto__: p', 'constructor: c'),
  );
  const { client } = clientOf(t, port);
  const { status, headers, body } = await client.request({
    path: '/ISAPI/Streaming/channels/101/picture?a=b',
  });
  assert.deepEqual([status, body], [200, Buffer.from(bytes, 'latin1')]);
  assert.deepEqual(
    [...headers],
    [
      ['content-length', '256'],
      ['x-a', '1, 2'],
      ['content-type', 'image/jpeg'],
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ],
  );
  const [request] = asked;
  assert.deepEqual(
    [request?.method, request?.target, request?.headers.get('host')],
    ['GET', '/ISAPI/Streaming/channels/101/picture?a=b', `127.0.0.1:${port}`],
  );
});

test('methods and bodies arrive, errors of the device are answers, node:http understands us', async (t) => {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.statusCode = 500;
      response.end(
        `${request.method} ${request.url} ${request.headers['content-length']} ${Buffer.concat(chunks).toString()}`,
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { client } = clientOf(t, (server.address() as AddressInfo).port);
  const ask = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', body?: string) => {
    const sent = await client.request({ method, path: '/x', ...(body === undefined ? {} : { body }) });
    assert.equal(sent.status, 500);
    return sent.body.toString();
  };
  assert.equal(await ask('PUT', 'ü'), 'PUT /x 2 ü');
  assert.equal(await ask('POST', ''), 'POST /x 0 ');
  assert.equal(await ask('DELETE'), 'DELETE /x undefined ');
  assert.equal(await ask('GET'), 'GET /x undefined ');
});

test('100 requests that are answered with errors hold up nobody', async (t) => {
  const { port, sockets } = await startDevice(t, () => answer('404 Not Found', 'x'.repeat(5_000)));
  const { client } = clientOf(t, port);
  const { signal } = new AbortController();
  const all = Array.from({ length: 100 }, () => client.request({ path: '/x', signal }));
  for (const { status } of await Promise.all(all)) assert.equal(status, 404);
  assert.ok(sockets.size <= DEVICE_LIMITS.connections);
});

test('a redirect is an answer; where it points to hears nothing of us', async (t) => {
  const elsewhere = await startDevice(t, () => OK);
  for (const status of ['301 Moved', '302 Found', '307 Temporary Redirect', '308 Permanent Redirect']) {
    const location = `Location: http://127.0.0.1:${elsewhere.port}/x`;
    const { port } = await startDevice(t, (asked) =>
      isRight(asked) ? answer(status, '', location) : refusal([challenge('n')]),
    );
    const sent = await clientOf(t, port).client.request({ path: '/x' });
    assert.equal(sent.status, Number(status.slice(0, 3)));
    assert.match(sent.headers.get('location') ?? '', /^http/);
  }
  // A 401 that redirects, and a challenge that names another place.
  const { port } = await startDevice(t, (asked) =>
    isRight(asked)
      ? OK
      : answer(
          '401 Unauthorized',
          '',
          `WWW-Authenticate: ${challenge('n', `, domain="http://127.0.0.1:${elsewhere.port}/"`)}`,
          `Location: http://127.0.0.1:${elsewhere.port}/`,
        ),
  );
  assert.equal((await clientOf(t, port).client.request({ path: '/x' })).status, 200);
  assert.equal(elsewhere.asked.length, 0);
});

test('no path leads to another host or into another header', async (t) => {
  const elsewhere = await startDevice(t, () => OK);
  const { port, asked } = await startDevice(t, () => OK);
  const { client } = clientOf(t, port);
  for (const path of [
    '',
    'x',
    `http://127.0.0.1:${elsewhere.port}/`,
    '@evil/',
    '/a b',
    '/a\r\nX: y',
    '/a\0',
    '/ü',
    '/\u2028',
  ]) {
    assert.equal((await failure(client.request({ path }))).code, 'DEVICE_PATH_INVALID', path);
  }
  assert.equal(asked.length, 0);
  for (const path of [`//127.0.0.1:${elsewhere.port}/`, `/\\127.0.0.1:${elsewhere.port}/`, '/@evil']) {
    await client.request({ path });
    assert.equal(asked.at(-1)?.target, path);
  }
  assert.equal(elsewhere.asked.length, 0);
  const header = client.request({ path: '/', body: 'x', contentType: 'text/xml\r\nX: y' });
  assert.equal((await failure(header)).code, 'INTERNAL');
});

test('a host is a name or an address and nothing else', async (t) => {
  const client = (settings: Partial<DeviceSettings>) =>
    new DeviceClient({ protocol: 'http', host: 'camera', port: 80, verifyTls: true, ...LOGIN, ...settings });
  for (const host of [
    '',
    'a/b',
    'user@camera',
    'camera:81',
    'a b',
    'http://camera',
    'camera?',
    'camera#',
    '1.2.3.4.5',
    '[::1',
    'ü',
    '::g',
  ]) {
    assert.throws(() => client({ host }), { code: 'DEVICE_ADDRESS_INVALID' }, host);
  }
  for (const port of [0, -1, 65_536, 1.5, Number.NaN]) {
    assert.throws(() => client({ port }), { code: 'DEVICE_ADDRESS_INVALID' }, String(port));
  }
  for (const host of ['camera', 'camera.local', 'cam_1', '192.0.2.1', '::1', '[fe80::1]']) {
    await client({ host }).close();
  }
  const server = net.createServer((socket) => socket.resume().end(OK));
  server.listen(0, '::1');
  await once(server, 'listening');
  t.after(() => server.close());
  const six = clientOf(t, (server.address() as AddressInfo).port, { host: '::1' });
  assert.equal((await six.client.request({ path: '/' })).status, 200);
});

test('nobody at the port, an unknown name, an address without a way to it', async (t) => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const refused = await failure(clientOf(t, port).client.request({ path: '/' }));
  assert.equal(refused.code, 'DEVICE_REFUSED');
  assert.equal((refused.cause as { code?: string }).code, 'ECONNREFUSED');
  // RFC 6761: no name below "invalid" exists.
  const unknown = await failure(clientOf(t, 80, { host: 'camera.invalid' }).client.request({ path: '/' }));
  assert.equal(unknown.code, 'DEVICE_NAME_UNKNOWN');
});

const BROKEN: [what: string, bytes: string][] = [
  ['nothing', ''],
  ['garbage', 'SSH-2.0-dropbear_2019.78\r\n'],
  ['half a status line', 'HTTP/1.1 20'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf'],
  ['a wrong chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
  ['an upgrade', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ['100 Continue and no more', 'HTTP/1.1 100 Continue\r\n\r\n'],
];
for (const [what, bytes] of BROKEN) {
  for (const end of ['closes', 'resets'] as const) {
    test(`a device that sends ${what} and ${end} has broken its answer off`, async (t) => {
      const port = await rawServer(t, (socket) => {
        socket.once('data', () => {
          if (end === 'closes') socket.end(bytes);
          else socket.write(bytes, () => socket.resetAndDestroy());
        });
      });
      const error = await failure(clientOf(t, port).client.request({ path: '/' }));
      assert.equal(error.code, 'DEVICE_ANSWER_BROKEN');
    });
  }
}

test('a device that sends our own request back does not make us tell the login', async (t) => {
  for (const offered of ['Basic realm="x"', challenge('n')]) {
    let asked = 0;
    const port = await rawServer(t, (socket) => {
      socket.on('data', (data) => socket.end(asked++ === 0 ? refusal([offered]) : data));
    });
    const error = await failure(clientOf(t, port, { basic: true }).client.request({ path: '/' }));
    assert.equal(error.code, 'DEVICE_ANSWER_BROKEN');
    assert.match(String((error.cause as Error).message), /HTTP/);
  }
});

test('a body that announces too much, is too much or never ends is cut', async (t) => {
  for (const [head, body] of [
    ['Content-Length: 1001', 'x'],
    ['Content-Length: 99999999999999', 'x'],
    ['Connection: close', 'x'.repeat(1_001)],
    ['Transfer-Encoding: chunked', `3e9\r\n${'x'.repeat(1_001)}\r\n`],
  ]) {
    const { port, sockets } = await startDevice(t, () => `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`);
    const { client } = clientOf(t, port);
    const error = await failure(client.request({ path: '/', maxBytes: 1_000 }));
    assert.equal(error.code, 'DEVICE_ANSWER_TOO_LARGE', head);
    await client.close();
    for (const socket of sockets) await once(socket, 'close');
  }
  let written = 0;
  const port = await rawServer(t, (socket) => {
    const more = () => {
      for (let go = true; go && !socket.destroyed; written += 65_536) go = socket.write('x'.repeat(65_536));
    };
    socket.on('drain', more);
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      more();
    });
  });
  const error = await failure(clientOf(t, port).client.request({ path: '/' }));
  assert.equal(error.code, 'DEVICE_ANSWER_TOO_LARGE');
  assert.ok(written < 4 * DEVICE_LIMITS.bodyBytes);
});

test('a body of exactly what is taken is taken', async (t) => {
  const { port } = await startDevice(t, () => answer('200 OK', 'x'.repeat(1_000)));
  const sent = await clientOf(t, port).client.request({ path: '/', maxBytes: 1_000 });
  assert.equal(sent.body.length, 1_000);
});

test('silence: before the head, in the body, in the TLS handshake', async (t) => {
  const silent = await startDevice(t, () => undefined);
  const half = await startDevice(t, () => 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
  const all = (['http', 'https', 'http'] as const).map((protocol, index) => {
    const { port } = index === 2 ? half : silent;
    const { client } = clientOf(t, port, { protocol }, { limits: SHORT });
    return failure(client.request({ path: '/' }));
  });
  // undici looks at its clock once a second: that is how long this takes.
  for (const { code } of await Promise.all(all)) assert.equal(code, 'DEVICE_TIMEOUT');
});

test('drops: a body or early hints that never stop are stopped by the limit of the whole', async (t) => {
  for (const [first, drop] of [
    ['HTTP/1.1 200 OK\r\n\r\n', 'x'],
    [undefined, 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ] as const) {
    const { port } = await startDevice(t, ({ socket }) => {
      const timer = setInterval(() => socket.write(drop), 5);
      socket.on('close', () => clearInterval(timer));
      return first;
    });
    const { client } = clientOf(t, port, {}, { limits: { totalTimeoutMs: 60 } });
    assert.equal((await failure(client.request({ path: '/' }))).code, 'DEVICE_TIMEOUT');
  }
});

test('requests that wait for a connection are late as well, and never sent', async (t) => {
  const { port, asked, came } = await startDevice(t, () => undefined);
  const { client } = clientOf(t, port, { username: '' }, { limits: { totalTimeoutMs: 100 } });
  const all = Array.from({ length: 10 }, () => failure(client.request({ path: '/' })));
  await came(4);
  for (const { code } of await Promise.all(all)) assert.equal(code, 'DEVICE_TIMEOUT');
  // The time of each begins with its own call: one that waits may get a connection in the millisecond before it is over.
  const sent = asked.length;
  assert.ok(sent < 10, `${sent} were sent`);
  await new Promise(setImmediate);
  assert.equal(asked.length, sent);
});

test('the usual limits are set for every step', () => {
  const { connections, connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs, totalTimeoutMs, bodyBytes } =
    DEVICE_LIMITS;
  assert.deepEqual(
    [connections, connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs, totalTimeoutMs, bodyBytes],
    [4, 5_000, 10_000, 10_000, 20_000, 8_388_608],
  );
});

test('a request is given up with the reason of its signal, wherever it is', async (t) => {
  const places: [string, (asked: { authorization: string | undefined }) => string | undefined][] = [
    ['before the head', () => undefined],
    ['in the body', () => 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['in a body without end', () => 'HTTP/1.1 200 OK\r\n\r\nhalf'],
    ['after a 401', ({ authorization }) => (authorization ? undefined : refusal([challenge('n')]))],
    [
      'in the body of a second 401',
      ({ authorization }) =>
        authorization ? refusal([challenge('n')], 'long').slice(0, -1) : refusal([challenge('n')]),
    ],
  ];
  for (const [where, script] of places) {
    const { port, sockets, came } = await startDevice(t, script);
    const { client } = clientOf(t, port);
    const stop = new AbortController();
    const reason = new Error('enough');
    const request = client.request({ path: '/', signal: stop.signal });
    await came(where.includes('401') ? 2 : 1);
    stop.abort(reason);
    await assert.rejects(request, (error) => error === reason, where);
    await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    await assert.rejects(client.request({ path: '/', signal: stop.signal }), (error) => error === reason);
  }
});

test('close ends everything: sent, waiting and still connecting, and leaves no socket', async (t) => {
  const { port, sockets, came } = await startDevice(t, (asked) =>
    asked.target === '/half' ? 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf' : undefined,
  );
  const { client } = clientOf(t, port, { username: '' });
  const all = ['/half', '/half', ...Array(8).fill('/')].map((path) => failure(client.request({ path })));
  await came(4);
  const gone = [...sockets].map((socket) => once(socket, 'close'));
  assert.equal(gone.length, 4);
  const closing = client.close();
  for (const { code } of await Promise.all(all)) assert.equal(code, 'DEVICE_CLOSED');
  await closing;
  await Promise.all(gone);
  assert.equal((await failure(client.request({ path: '/' }))).code, 'DEVICE_CLOSED');
  await client.close();

  // In the middle of a TLS handshake that nobody answers; undici by itself leaves this one open.
  let closed: Promise<unknown> | undefined;
  const silent = await rawServer(t, (socket) => {
    socket.resume();
    closed = once(socket, 'close');
    connected();
  });
  let connected: () => void = () => undefined;
  const handshake = new Promise<void>((resolve) => {
    connected = resolve;
  });
  const tls = clientOf(t, silent, { protocol: 'https' }, { limits: { connectTimeoutMs: 60_000 } });
  const request = failure(tls.client.request({ path: '/' }));
  await handshake;
  const before = process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name)).length;
  await tls.client.close();
  assert.equal((await request).code, 'DEVICE_CLOSED');
  await closed;
  assert.ok(process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name)).length < before);
});

test('close in the middle of a refusal is a close, not a refusal', async (t) => {
  const { port, came } = await startDevice(t, ({ authorization }) => {
    const whole = refusal([challenge('n')], 'long');
    return authorization === undefined ? whole : whole.slice(0, -1);
  });
  const { client } = clientOf(t, port);
  const request = failure(client.request({ path: '/' }));
  await came(2);
  // Long enough for the head of the refusal to arrive; whether it did makes no difference.
  for (let count = 0; count < 50; count++) await new Promise((resolve) => setImmediate(resolve));
  await client.close();
  assert.equal((await request).code, 'DEVICE_CLOSED');
});

test('a request given up while its connection is made is never sent', async (t) => {
  const { port, asked } = await startDevice(t, () => OK);
  const { client } = clientOf(t, port, { username: '' });
  const stop = new AbortController();
  const request = client.request({ path: '/1', signal: stop.signal });
  // Long enough for it to be handed to undici, too short for a connection.
  for (let count = 0; count < 50; count++) await Promise.resolve();
  stop.abort();
  await assert.rejects(request, { name: 'AbortError' });
  for (let count = 0; count < 3; count++) await client.request({ path: '/2' });
  assert.deepEqual(new Set(asked.map(({ target }) => target)), new Set(['/2']));
});

test('early hints are not the answer', async (t) => {
  const { port } = await startDevice(t, () => `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}`);
  const { status, body } = await clientOf(t, port).client.request({ path: '/' });
  assert.deepEqual([status, body.toString()], [200, 'fine']);
});

test('idle connections are closed too, and used again until then', async (t) => {
  const { port, sockets, asked } = await startDevice(t, () => OK);
  const { client } = clientOf(t, port, { username: '' });
  for (let count = 0; count < 5; count++) await client.request({ path: '/' });
  assert.deepEqual(new Set(asked.map(({ connection }) => connection)), new Set([1]));
  const gone = [...sockets].map((socket) => once(socket, 'close'));
  await client.close();
  await Promise.all(gone);
});

test('HTTPS: a certificate of its own making is refused unless verifying is off, and only for that client', async (t) => {
  const { port, asked } = await startDevice(t, () => OK, selfSigned());
  const verifying = clientOf(t, port, { protocol: 'https' }).client;
  const error = await failure(verifying.request({ path: '/' }));
  assert.equal(error.code, 'DEVICE_TLS');
  assert.equal(asked.length, 0);
  const trusting = clientOf(t, port, { protocol: 'https', verifyTls: false }).client;
  assert.equal((await trusting.request({ path: '/' })).status, 200);
  assert.equal((await failure(verifying.request({ path: '/' }))).code, 'DEVICE_TLS');
  assert.equal(asked.length, 1);
});

test('HTTPS to a plain port and plain HTTP to an HTTPS port are told as such', async (t) => {
  const plain = await startDevice(t, () => OK);
  const server = http.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const hangsUp = await rawServer(t, (socket) => socket.once('data', () => socket.end()));
  const speaks = await rawServer(t, (socket) => socket.end('220 ftp\r\n'));
  const ports = [(server.address() as AddressInfo).port, hangsUp, speaks];
  for (const port of ports) {
    const error = await failure(clientOf(t, port, { protocol: 'https' }).client.request({ path: '/' }));
    assert.equal(error.code, 'DEVICE_TLS');
  }
  assert.equal(plain.asked.length, 0);
  const alert = await rawServer(t, (socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])));
  assert.equal((await failure(clientOf(t, alert).client.request({ path: '/' }))).code, 'DEVICE_TLS');
});

test('a client tells nobody the login when it is looked at', async (t) => {
  const { port } = await startDevice(t, (asked) => (isRight(asked) ? OK : refusal([challenge('n')])));
  const { client } = clientOf(t, port);
  await client.request({ path: '/' });
  const told = `${inspect(client, { depth: 9, showHidden: true })} ${JSON.stringify(client)}`;
  for (const secret of [LOGIN.password, LOGIN.username]) assert.equal(told.includes(secret), false);
});

test('a refused login tells no secret either', async (t) => {
  const { port } = await startDevice(t, () => refusal([challenge('n')]));
  const { client } = clientOf(t, port);
  assert.equal((await failure(client.request({ path: '/' }))).code, 'DEVICE_LOGIN_REFUSED');
  assert.equal((await failure(client.request({ path: '/' }))).code, 'DEVICE_LOGIN_REFUSED');
});

test('after a failure the next request is served', async (t) => {
  const scripts = [undefined, 'garbage\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'];
  const { port } = await startDevice(t, ({ socket }, count) => {
    if (count > scripts.length) return OK;
    socket.end(scripts[count - 1] ?? '');
    return undefined;
  });
  const { client } = clientOf(t, port);
  for (const _ of scripts) {
    assert.equal((await failure(client.request({ path: '/' }))).code, 'DEVICE_ANSWER_BROKEN');
  }
  assert.equal((await client.request({ path: '/' })).status, 200);
});
