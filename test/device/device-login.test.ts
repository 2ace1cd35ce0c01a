import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DeviceClient } from '../../src/device/device-client.js';
import type { AlarmError } from '../../src/errors.js';
import { DEVICE_LIMITS, LIMITS } from '../../src/limits.js';
import { Access } from '../../src/sources/access.js';
import {
  type Asked,
  answer,
  challenge,
  clientOf,
  fieldsOf,
  isRight,
  LOGIN,
  refusal,
  type Script,
  startDevice,
} from './scripted-device.js';

const OK = answer('200 OK', 'fine');
const MINUTES = 60_000;

/** A device that lets right logins in and gives each that asks without a nonce of its own. */
function device(more = '', password = LOGIN.password): Script {
  let nonces = 0;
  return (asked) => (isRight(asked, password) ? OK : refusal([challenge(`nonce${++nonces}`, more)]));
}

const userCheck = (words: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<userCheck version="1.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">` +
  `<statusValue>401</statusValue><statusString>Unauthorized</statusString>${words}</userCheck>`;

const counts = (asked: readonly Asked[]) => asked.map(({ authorization }) => fieldsOf(authorization)['nc']);
const nonces = (asked: readonly Asked[]) =>
  asked.map(({ authorization }) => fieldsOf(authorization)['nonce']);

const refused = (words = 'not tried again for 300 s') => ({
  name: 'AlarmError',
  code: 'DEVICE_LOGIN_REFUSED',
  message: `the device does not take the user name and password (${words})`,
});

const get = (client: DeviceClient, path = '/ISAPI/System/deviceInfo') => client.request({ path });

test('the first request goes without a login, the nonce is then used again with a growing hexadecimal count', async (t) => {
  const { port, asked } = await startDevice(t, device());
  const { client } = clientOf(t, port);
  for (let count = 0; count < 17; count++) assert.equal((await get(client)).status, 200);
  assert.equal(asked.length, 18);
  assert.equal(asked[0]?.authorization, undefined);
  assert.deepEqual(
    counts(asked.slice(1)),
    Array.from({ length: 17 }, (_, index) => (index + 1).toString(16).padStart(8, '0')),
  );
  assert.deepEqual(new Set(nonces(asked.slice(1))), new Set(['nonce1']));
  const cnonces = asked.slice(1).map(({ authorization }) => fieldsOf(authorization)['cnonce']);
  assert.equal(new Set(cnonces).size, 17);
  for (const cnonce of cnonces) assert.match(cnonce ?? '', /^[\da-f]{16}$/);
});

test('twenty requests at once share one nonce, each with a count of its own, over at most four connections', async (t) => {
  const { port, asked, logins, sockets } = await startDevice(t, device());
  const { client } = clientOf(t, port);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => get(client, `/a?${index}`)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(asked.length, 21);
  assert.deepEqual(new Set(nonces(logins())), new Set(['nonce1']));
  assert.equal(new Set(counts(logins())).size, 20);
  assert.ok(sockets.size <= 4);
  assert.ok(new Set(logins().map(({ connection }) => connection)).size > 1);
});

for (const [what, more] of [
  ['no algorithm', ''],
  ['MD5 in quotes', ', algorithm="MD5"'],
  ['lower case', ', algorithm=md5'],
  ['SHA-256', ', algorithm=SHA-256'],
  ['MD5-sess', ', algorithm=MD5-sess'],
  ['SHA-256-sess', ', algorithm="SHA-256-sess"'],
  ['an opaque', ', opaque="5ccc,\\"x="'],
  ['an empty opaque and a domain', ', domain="::", opaque=""'],
] as const) {
  test(`a device with ${what} lets the login in, three times`, async (t) => {
    const { port, logins } = await startDevice(t, device(more));
    const { client } = clientOf(t, port);
    for (let count = 0; count < 3; count++) await get(client, '/ISAPI/a?b=c,d=%22e%22');
    assert.deepEqual(counts(logins()), ['00000001', '00000002', '00000003']);
    const given = /opaque="((?:\\.|[^"])*)"/.exec(more)?.[1]?.replace(/\\(.)/g, '$1');
    for (const { authorization } of logins()) {
      assert.equal(fieldsOf(authorization)['opaque'], given);
      assert.equal(fieldsOf(authorization)['domain'], undefined);
      assert.equal(fieldsOf(authorization)['algorithm'] === undefined, !more.includes('algorithm'));
    }
  });
}

test('a session keeps its cnonce: devices differ in which one they hash', async (t) => {
  const { port, logins } = await startDevice(t, device(', algorithm=MD5-sess'));
  const { client } = clientOf(t, port);
  for (let count = 0; count < 3; count++) await get(client);
  const cnonces = logins().map(({ authorization }) => fieldsOf(authorization)['cnonce']);
  assert.equal(new Set(cnonces).size, 1);
});

for (const [what, offered, used] of [
  ['without qop', 'Digest realm="r", nonce="n"', undefined],
  ['with auth and auth-int without quotes', 'Digest realm="r", qop=auth,auth-int, nonce="n"', 'auth'],
  ['with auth-int only', 'Digest realm="r", nonce="n", qop="auth-int"', 'auth-int'],
] as const) {
  test(`a device ${what} gets the login it wants, with a body too`, async (t) => {
    const { port, logins } = await startDevice(t, (asked) => (isRight(asked) ? OK : refusal([offered])));
    const { client } = clientOf(t, port);
    await get(client);
    await client.request({ method: 'PUT', path: '/x', body: '<a>ü</a>' });
    await client.request({
      method: 'POST',
      path: '/x',
      body: Buffer.from([0x31, 0x32]),
      contentType: 'text/x',
    });
    assert.equal(logins().length, 3);
    for (const { authorization } of logins()) assert.equal(fieldsOf(authorization)['qop'], used);
    assert.deepEqual(
      logins().map(({ headers }) => headers.get('content-type')),
      [undefined, 'application/xml', 'text/x'],
    );
  });
}

test('of several challenges SHA-256 is answered, and Basic only when there is nothing else', async (t) => {
  const all = ['Basic realm="x"', challenge('m', ', algorithm=MD5'), challenge('s', ', algorithm=SHA-256')];
  const digests = await startDevice(t, (asked) => (isRight(asked) ? OK : refusal(all)));
  await get(clientOf(t, digests.port).client);
  assert.deepEqual(nonces(digests.logins()), ['s']);
  assert.equal(fieldsOf(digests.logins()[0]?.authorization)['algorithm'], 'SHA-256');

  const expected = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;
  const basic = await startDevice(t, ({ authorization }) =>
    authorization === expected ? OK : refusal(['Basic realm="x"']),
  );
  const { client } = clientOf(t, basic.port, { basic: true });
  for (let count = 0; count < 3; count++) await get(client);
  assert.deepEqual(
    basic.asked.map(({ authorization }) => authorization),
    [undefined, expected, expected, expected],
  );
});

test('a password is not sent unprotected unless that was allowed', async (t) => {
  const { port, asked } = await startDevice(t, () => refusal(['Basic realm="x"']));
  const { client } = clientOf(t, port);
  for (let count = 0; count < 2; count++)
    await assert.rejects(get(client), (error) => (error as AlarmError).code === 'DEVICE_LOGIN_PLAIN');
  assert.ok(asked.every(({ authorization }) => authorization === undefined));
});

for (const auth of ['digest', 'basic'] as const) {
  test(`our own listener lets our own client in: ${auth}, twenty at once, with other letters and quotes`, async (t) => {
    const login = { username: 'kä"mera\\ 1', password: 'päß:w"ort' };
    const access = new Access({ secret: '', allow: '', auth, ...login }, '127.0.0.1', LIMITS, Date.now);
    const { port, logins } = await startDevice(t, ({ method, target: url, authorization }) => {
      const given = authorization === undefined ? undefined : Buffer.from(authorization, 'latin1').toString();
      const verdict = access.check({ address: '127.0.0.1', method, url, authorization: given });
      return 'path' in verdict ? answer('200 OK', verdict.path) : refusal(verdict.challenge ?? []);
    });
    const { client } = clientOf(t, port, { ...login, basic: true });
    const paths = Array.from({ length: 20 }, (_, index) => `/ISAPI/${index}`);
    const answers = await Promise.all(
      paths.map((path) => client.request({ path, method: 'POST', body: 'x' })),
    );
    assert.deepEqual(
      answers.map(({ body }) => body.toString()),
      paths,
    );
    assert.ok(logins().length >= 20);
  });
}

test('a nonce that has become too old is answered by one with the new challenge of that 401', async (t) => {
  let current = 1;
  const { port, asked, logins } = await startDevice(t, (request) => {
    const good = isRight(request) && fieldsOf(request.authorization)['nonce'] === `n${current}`;
    return good ? OK : refusal([challenge(`n${current}`)]);
  });
  const { client } = clientOf(t, port);
  await get(client);
  await get(client);
  current = 2;
  assert.equal((await get(client)).status, 200);
  assert.equal(asked.length, 5);
  assert.deepEqual(nonces(logins()), ['n1', 'n1', 'n1', 'n2']);
  assert.deepEqual(counts(logins()), ['00000001', '00000002', '00000003', '00000001']);
});

/** isapi.md §11.3: the third use of a nonce is refused with a `userCheck` and without a challenge. */
function terminal(): Script {
  const uses = new Map<string, number>();
  return (asked) => {
    const { nonce } = fieldsOf(asked.authorization);
    if (nonce === undefined) {
      const fresh = `n${uses.size + 1}`;
      uses.set(fresh, 0);
      return refusal([challenge(fresh)]);
    }
    const used = (uses.get(nonce) ?? 9) + 1;
    uses.set(nonce, used);
    return used <= 2 && isRight(asked) ? OK : refusal([], userCheck('<retryLoginTime>4</retryLoginTime>'));
  };
}

test('a terminal that refuses the third use of a nonce is asked for a new one, and the lesson is learnt', async (t) => {
  const { port, asked } = await startDevice(t, terminal());
  const { client } = clientOf(t, port);
  for (let count = 0; count < 9; count++) assert.equal((await get(client)).status, 200);
  assert.deepEqual(
    asked.map(({ authorization }) =>
      authorization === undefined ? '-' : nonces([{ authorization } as Asked])[0],
    ),
    ['-', 'n1', 'n1', 'n1', '-', 'n2', 'n2', '-', 'n3', 'n3', '-', 'n4', 'n4', '-', 'n5', 'n5'].slice(
      0,
      asked.length,
    ),
  );
  assert.equal(asked.length, 15);
});

test('such a terminal serves twenty requests at once as well, and none is taken for a wrong login', async (t) => {
  const { port, asked, logins } = await startDevice(t, terminal());
  const { client } = clientOf(t, port);
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(client)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.ok(
    logins().length <= 20 + DEVICE_LIMITS.connections,
    `${logins().length} logins of ${asked.length} requests`,
  );
});

test('a wrong password: one login and one fresh try, then nothing for five minutes, then one more', async (t) => {
  const { port, asked, logins } = await startDevice(t, device('', 'another'));
  const { client, clock } = clientOf(t, port);
  await assert.rejects(get(client), refused('one fresh try after 500 ms, then none for 300 s'));
  for (const [tries, pause] of [
    [1, DEVICE_LIMITS.freshTryMs],
    [2, 5 * MINUTES],
  ] as const) {
    for (let count = 0; count < 20; count++)
      await assert.rejects(get(client), { code: 'DEVICE_LOGIN_REFUSED' });
    clock.now += pause - 1;
    await assert.rejects(get(client), { code: 'DEVICE_LOGIN_REFUSED' });
    assert.deepEqual([asked.length, logins().length], [2 * tries, tries]);
    clock.now += 1;
    await assert.rejects(get(client), refused());
  }
  await assert.rejects(get(client), { code: 'DEVICE_LOGIN_REFUSED' });
  assert.deepEqual([asked.length, logins().length], [6, 3]);
  await client.close();
  await assert.rejects(get(client), { code: 'DEVICE_CLOSED' });
});

test('a wrong password in twenty requests at once: still one login', async (t) => {
  const { port, logins } = await startDevice(t, device('', 'another'));
  const { client } = clientOf(t, port);
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => get(client)));
  for (const result of results) {
    assert.ok(result.status === 'rejected');
    assert.equal(result.reason.code, 'DEVICE_LOGIN_REFUSED');
  }
  assert.equal(logins().length, 1);
});

test('a password changed on the device: two logins, also when twenty requests come at once after a while', async (t) => {
  for (const many of [1, 20]) {
    let password = LOGIN.password;
    const { port, logins } = await startDevice(t, (asked) => device('', password)(asked, 0));
    const { client, clock } = clientOf(t, port);
    await get(client);
    password = 'another';
    clock.now += MINUTES;
    await Promise.allSettled(Array.from({ length: many }, () => get(client)));
    await assert.rejects(get(client), { code: 'DEVICE_LOGIN_REFUSED' });
    assert.equal(logins().length - 1, 2, `${many} at once`);
  }
});

test('a password changed under requests on their way: no more logins than connections, and one', async (t) => {
  let password = LOGIN.password;
  const { port, logins } = await startDevice(t, (asked) => device('', password)(asked, 0));
  const { client } = clientOf(t, port);
  await get(client);
  password = 'another';
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => get(client)));
  assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['rejected']));
  assert.ok(logins().length - 1 <= 5, `${logins().length - 1} wrong logins`);
});

test('stale=true about a fresh nonce allows one more try, not two', async (t) => {
  let stale = 1;
  let count = 0;
  const { port, logins } = await startDevice(t, (asked) => {
    if (asked.authorization !== undefined && stale-- <= 0 && isRight(asked)) return OK;
    return refusal([challenge(`n${++count}`).replace('stale="FALSE"', 'stale="TRUE"')]);
  });
  const { client } = clientOf(t, port);
  assert.equal((await get(client)).status, 200);
  assert.deepEqual(nonces(logins()), ['n1', 'n2']);

  stale = Number.POSITIVE_INFINITY;
  const other = clientOf(t, port).client;
  await assert.rejects(get(other), refused());
  assert.equal(logins().length, 4);
});

test('what the device says about its lock is told, and a longer lock makes the pause longer', async (t) => {
  let words =
    '<lockStatus>unlock</lockStatus><unlockTime>1800</unlockTime><retryLoginTime>2</retryLoginTime>';
  const { port, logins } = await startDevice(t, ({ authorization }) =>
    refusal([challenge('n')], authorization === undefined ? '' : userCheck(words)),
  );
  const { client, clock } = clientOf(t, port);
  await assert.rejects(get(client), refused('2 tries left, not tried again for 300 s'));
  await assert.rejects(get(client), refused('2 tries left, not tried again for 300 s'));
  clock.now += 5 * MINUTES;
  words = '<retryTimes>1</retryTimes>';
  await assert.rejects(get(client), refused('1 try left, not tried again for 300 s'));
  clock.now += 5 * MINUTES;
  words = '<lockStatus>lock</lockStatus><unlockTime>1800</unlockTime><retryLoginTime>0</retryLoginTime>';
  await assert.rejects(get(client), { message: /\(locked for 1800 s, not tried again for 1800 s\)$/ });
  clock.now += 20 * MINUTES;
  await assert.rejects(get(client), { message: /\(locked for 1800 s, not tried again for 600 s\)$/ });
  assert.equal(logins().length, 3);
  clock.now += 10 * MINUTES;
  words = '<lockStatus>locked</lockStatus><resLockTime>9999999</resLockTime>';
  await assert.rejects(get(client), { message: /not tried again for 86400 s\)$/ });
});

test('a locked account is noticed without a login, and on a known login without a second one', async (t) => {
  const lock = userCheck('<lockStatus>lock</lockStatus><unlockTime>900</unlockTime>');
  const bare = await startDevice(t, () => refusal([], lock));
  await assert.rejects(get(clientOf(t, bare.port).client), { message: /locked for 900 s/ });
  assert.equal(bare.asked.length, 1);

  let locked = false;
  const open = device();
  const known = await startDevice(t, (asked, count) =>
    locked ? refusal([challenge('x')], lock) : open(asked, count),
  );
  const { client } = clientOf(t, known.port);
  await get(client);
  locked = true;
  await assert.rejects(get(client), { code: 'DEVICE_LOGIN_REFUSED', message: /locked for 900 s/ });
  assert.equal(known.logins().length, 2);
});

test('without a user name nothing is ever logged in', async (t) => {
  const { port, asked } = await startDevice(t, device());
  const { client } = clientOf(t, port, { username: '' });
  for (let count = 0; count < 2; count++) {
    await assert.rejects(get(client), {
      code: 'DEVICE_LOGIN_MISSING',
      message: 'the device asks for a login but no user name is set',
    });
  }
  assert.deepEqual([asked.length, asked.filter(({ authorization }) => authorization).length], [2, 0]);
});

test('a device that asks for no login gets none and its connection is used again; when it begins to ask it gets one', async (t) => {
  let open = true;
  const strict = device();
  const { port, asked } = await startDevice(t, (request, count) => (open ? OK : strict(request, count)));
  const { client } = clientOf(t, port);
  for (let count = 0; count < 9; count++) await get(client);
  assert.deepEqual(new Set(asked.map(({ authorization }) => authorization)), new Set([undefined]));
  assert.ok(new Set(asked.map(({ connection }) => connection)).size <= 3);
  open = false;
  assert.equal((await get(client)).status, 200);
  assert.equal(asked.length, 11);
});

test('a kind of login we do not know is told as that, and is no reason for a pause', async (t) => {
  let open = false;
  const { port } = await startDevice(t, () => (open ? OK : refusal(['Bearer realm="x"', 'Negotiate'])));
  const { client } = clientOf(t, port);
  await assert.rejects(get(client), { code: 'DEVICE_LOGIN_UNKNOWN' });
  open = true;
  assert.equal((await get(client)).status, 200);
});

test('403 is an answer', async (t) => {
  const { port, asked } = await startDevice(t, (request) =>
    isRight(request) ? answer('403 Forbidden', 'no') : refusal([challenge('n')]),
  );
  const { client } = clientOf(t, port);
  for (let count = 0; count < 3; count++) assert.equal((await get(client)).status, 403);
  assert.equal(asked.length, 4);
});

test('a device that closes the connection behind its 401, with or without saying so', async (t) => {
  for (const header of [[], ['Connection: close']]) {
    const { port, asked } = await startDevice(t, (request) => {
      if (isRight(request)) return OK;
      request.socket.end(answer('401 Unauthorized', 'x', `WWW-Authenticate: ${challenge('n')}`, ...header));
      return undefined;
    });
    const { client } = clientOf(t, port);
    const sent = await client.request({ method: 'PUT', path: '/x', body: '<x/>' });
    assert.equal(sent.status, 200);
    assert.deepEqual(
      asked.map(({ connection, body, headers }) => [connection, body, headers.get('connection')]),
      [
        [1, '<x/>', 'close'],
        [2, '<x/>', 'keep-alive'],
      ],
    );
  }
});

const BROKEN_REFUSALS: [string, (asked: Asked) => void][] = [
  ['is cut in its body', ({ socket }) => socket.end(head(1000))],
  ['is reset in its body', ({ socket }) => void socket.write(head(1000), () => socket.resetAndDestroy())],
  ['is cut behind its head', ({ socket }) => socket.end(head(1000).slice(0, -7))],
  ['announces a body that never comes', ({ socket }) => void socket.write(head(1000))],
  ['never ends', ({ socket }) => endless(socket, head(undefined))],
];
const head = (length: number | undefined) =>
  `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${challenge('n')}\r\n${length === undefined ? '' : `Content-Length: ${length}\r\n`}\r\n<html/>`;
function endless(socket: Asked['socket'], first: string): void {
  socket.write(first);
  const more = () => {
    while (!socket.destroyed && socket.write('x'.repeat(65_536)));
  };
  socket.on('drain', more);
  more();
}

for (const [what, script] of BROKEN_REFUSALS) {
  test(`a 401 that ${what} is a 401 all the same: to a first request, a known login and a wrong one`, async (t) => {
    let password = LOGIN.password;
    const { port, logins } = await startDevice(t, (asked: Asked) => {
      if (isRight(asked, password)) return OK;
      script(asked);
      return undefined;
    });
    const endlessly = { refusalTimeoutMs: 60_000, bodyBytes: Number.POSITIVE_INFINITY };
    const limits = what === 'never ends' ? endlessly : { refusalTimeoutMs: 20 };
    const { client } = clientOf(t, port, {}, { limits });
    assert.equal((await get(client)).status, 200);
    assert.equal((await get(client)).status, 200);
    password = 'another';
    await assert.rejects(get(client), refused());
    assert.equal(logins().length, 4);
  });
}

async function hanging(t: TestContext) {
  const started = await startDevice(t, (asked) =>
    asked.authorization ? undefined : refusal([challenge('n')]),
  );
  return { ...started, ...clientOf(t, started.port) };
}

test('a request given up while it logs in lets the next one log in', async (t) => {
  const { client, came, asked } = await hanging(t);
  const stop = new AbortController();
  const first = client.request({ path: '/1', signal: stop.signal });
  await came(2);
  const second = assert.rejects(client.request({ path: '/2' }), { code: 'DEVICE_CLOSED' });
  stop.abort(new Error('given up'));
  await assert.rejects(first, { message: 'given up' });
  await came(4);
  assert.deepEqual(
    asked.map(({ target }) => target),
    ['/1', '/1', '/2', '/2'],
  );
  await client.close();
  await second;
});

test('a request given up while it waits for another to log in sends nothing', async (t) => {
  const { client, came, asked } = await hanging(t);
  const first = assert.rejects(client.request({ path: '/1' }), { code: 'DEVICE_CLOSED' });
  await came(2);
  const stop = new AbortController();
  const second = client.request({ path: '/2', signal: stop.signal });
  stop.abort();
  await assert.rejects(second, { name: 'AbortError' });
  await client.close();
  await first;
  assert.equal(asked.length, 2);
});
