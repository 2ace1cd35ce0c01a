import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { complaints, drain, PATH, SECRET, startListener } from '../support/listener.js';
import { PUSH_LOGIN } from '../support/secrets.js';
import { basicLogin, type Challenge, challenges, type DigestPlan, digestLogin } from './login-client.js';
import { type Answer, exchange, RawClient } from './raw-client.js';
import { countOf, LARGE, MULTIPART, multipart, type RequestPlan, request, xml } from './samples.js';

const LOGIN = PUSH_LOGIN;
const MINUTES = 60_000;

async function start(t: TestContext, auth: 'basic' | 'digest', login = LOGIN) {
  const clock = { now: 1_800_000_000_000 };
  const listener = await startListener(t, { settings: { auth, ...login }, now: () => clock.now });
  const push = (authorization: string | undefined, plan: RequestPlan = {}, body: Buffer | string = xml()) =>
    exchange(
      listener.port,
      request(body, { ...plan, headers: authorization === undefined ? [] : [authorization] }),
    );
  const ask = async (): Promise<Challenge> => {
    const [challenge] = challenges(await push(undefined));
    assert.ok(challenge);
    return challenge;
  };
  return { ...listener, clock, push, ask };
}

/** What a peer could learn from a refusal, with what is random taken out. */
const told = ({ statusLine, headers, body }: Answer) => ({
  statusLine,
  headers: [...headers]
    .filter(([name]) => name !== 'date')
    .map(([name, values]) => [name, values.map((value) => value.replace(/nonce="[^"]*"/, 'nonce'))]),
  body,
});

test('Basic: the right name and password are let in', async (t) => {
  const { push, alarms } = await start(t, 'basic');
  assert.equal((await push(basicLogin('camera', PUSH_LOGIN.password))).status, 200);
  assert.equal((await push(basicLogin('camera', PUSH_LOGIN.password).replace('Basic', 'BASIC'))).status, 200);
  assert.equal(alarms.size, 2);
});

test('Basic: a password may hold colons, blanks and any letters', async (t) => {
  const login = { username: 'käm era', password: 'a:b: ü"\\' };
  const { push, alarms } = await start(t, 'basic', login);
  assert.equal((await push(basicLogin(login.username, login.password))).status, 200);
  assert.equal(alarms.size, 1);
});

test('Basic: whatever is wrong with a login, the answer is the same', async (t) => {
  const subscribed = await start(t, 'basic');
  const wrong = [
    undefined,
    basicLogin('camera', 'wrong'),
    basicLogin('nobody', PUSH_LOGIN.password),
    basicLogin('', ''),
    basicLogin('camera', ''),
    basicLogin('camera', 'wire '),
    basicLogin('Camera', PUSH_LOGIN.password),
    basicLogin('camer', 'a:wire'),
    `Authorization: Basic ${Buffer.from('camera').toString('base64')}`,
    'Authorization: Basic',
    'Authorization: Basic !!!!',
    'Authorization: Bearer x',
    'Authorization:',
    digestLogin({ nonce: 'x', realm: 'camera-alarms', uri: PATH }),
  ];
  const [first, ...others] = await Promise.all(
    wrong.map(async (header) => told(await subscribed.push(header))),
  );
  assert.deepEqual(first?.statusLine, 'HTTP/1.1 401 Unauthorized');
  assert.deepEqual(
    first?.headers.find(([name]) => name === 'www-authenticate'),
    ['www-authenticate', ['Basic realm="camera-alarms", charset="UTF-8"']],
  );
  for (const [index, other] of others.entries()) assert.deepEqual(other, first, wrong[index + 1]);
  assert.equal(subscribed.alarms.size, 0);
  assert.deepEqual(await complaints(subscribed), ['denied LOGIN_WRONG']);
});

test('without the secret the login is not even asked for', async (t) => {
  const { push } = await start(t, 'basic');
  const answer = await push(basicLogin('camera', PUSH_LOGIN.password), { target: '/wrong/isapi' });
  assert.equal(answer.status, 404);
  assert.equal(answer.headers.has('www-authenticate'), false);
});

test('with the right login a wrong path is 404 and a wrong method 405', async (t) => {
  const { push } = await start(t, 'basic');
  assert.equal(
    (await push(basicLogin('camera', PUSH_LOGIN.password), { target: `/${SECRET}/x` })).status,
    404,
  );
  assert.equal((await push(basicLogin('camera', PUSH_LOGIN.password), { method: 'PUT' })).status, 405);
  assert.equal((await push(undefined, { target: `/${SECRET}/x` })).status, 401);
});

test('Digest: MD5 and SHA-256 are offered, MD5 first, each in a header of its own', async (t) => {
  const { push } = await start(t, 'digest');
  const answer = await push(undefined);
  assert.equal(answer.status, 401);
  const offered = challenges(answer);
  assert.deepEqual(
    offered.map(({ algorithm, realm, stale }) => [algorithm, realm, stale]),
    [
      ['MD5', 'camera-alarms', false],
      ['SHA-256', 'camera-alarms', false],
    ],
  );
  for (const header of answer.headers.get('www-authenticate') ?? []) assert.match(header, /qop="auth"/);
});

for (const algorithm of ['MD5', 'SHA-256']) {
  test(`Digest: the right ${algorithm} login is let in, again and again with a growing count`, async (t) => {
    const { push, ask, alarms } = await start(t, 'digest');
    const { nonce, realm } = await ask();
    for (const nc of ['00000001', '00000002', '0000000a', '00000010']) {
      const answer = await push(digestLogin({ nonce, realm, uri: PATH, algorithm, nc }));
      assert.equal(answer.status, 200, nc);
    }
    assert.equal(alarms.size, 4);
  });
}

test('Digest: a login as old cameras write it is let in: no algorithm, quoted words, capitals', async (t) => {
  const { push, ask, alarms } = await start(t, 'digest');
  const { nonce, realm } = await ask();
  const plain = (nc: string) => digestLogin({ nonce, realm, uri: PATH, nc });
  for (const header of [
    plain('00000001').replace(' algorithm=MD5,', ''),
    plain('00000002').replace('qop=auth', 'qop="auth"').replace('nc=00000002', 'nc="00000002"'),
    plain('00000003').replaceAll(', ', ','),
    plain('00000004').replace(/response="(\w+)"/, (_, hex: string) => `response="${hex.toUpperCase()}"`),
    plain('00000005').replace('Digest username', 'DIGEST Username').replace('algorithm=MD5', 'algorithm=md5'),
  ]) {
    assert.equal((await push(header)).status, 200, header);
  }
  assert.equal(alarms.size, 5);
});

test('Digest: a query and a whole URL as target are let in when the uri is the same', async (t) => {
  const { push, ask, alarms } = await start(t, 'digest');
  const { nonce, realm } = await ask();
  const targets = [`${PATH}?a=1,b="2`.replace('"', '%22'), `${PATH}/`, `http://192.0.2.1${PATH}`];
  for (const [index, target] of targets.entries()) {
    const header = digestLogin({ nonce, realm, uri: target, nc: `0000000${index + 1}` });
    assert.equal((await push(header, { target })).status, 200, target);
  }
  assert.equal(alarms.size, 3);
});

const CAPTURED: [what: string, plan: Partial<DigestPlan>, request: RequestPlan][] = [
  ['a wrong password', { password: 'wrong' }, {}],
  ['an unknown user', { username: 'nobody' }, {}],
  ['another uri in the login', { uri: `${PATH}?x` }, {}],
  ['another uri in the request', {}, { target: `${PATH}?x` }],
  ['a trailing slash more in the request', {}, { target: `${PATH}/` }],
  ['another method', {}, { method: 'PUT' }],
  ['a login for another method', { method: 'GET' }, {}],
  ['another realm', { realm: 'elsewhere' }, {}],
  ['no nonce', { nonce: '' }, {}],
  ['a nonce of its own', { nonce: 'AAAAAAAA.BBBBBBBBBBBB.CCCCCCCCCCCCCCCCCCCCCC' }, {}],
];
test('Digest: whatever is wrong with a login, the answer is the same, and nothing is used up', async (t) => {
  const { push, ask, alarms } = await start(t, 'digest');
  const { nonce, realm } = await ask();
  const first = told(await push(undefined));
  for (const [what, plan, sent] of CAPTURED) {
    const answer = await push(digestLogin({ nonce, realm, uri: PATH, ...plan }), sent);
    assert.deepEqual(told(answer), first, what);
  }
  const good = digestLogin({ nonce, realm, uri: PATH });
  const broken = [
    good.replace('qop=auth', 'qop=auth-int'),
    good.replace(', qop=auth', ''),
    good.replace('algorithm=MD5', 'algorithm=MD5-sess'),
    good.replace('algorithm=MD5', 'algorithm=SHA-256'),
    good.replace('algorithm=MD5', 'algorithm=none'),
    good.replace(/response="\w+"/, 'response=""'),
    good.replace(/, response="\w+"/, ''),
    good.replace(/response="(\w+)\w"/, 'response="$1"'),
    good.replace(/username="\w+", /, ''),
    good.replace(/cnonce="\w+"/, 'cnonce="other"'),
    good.replace('nc=00000001', 'nc=00000002'),
    'Authorization: Digest',
    'Authorization: Digest =,="',
    basicLogin('camera', PUSH_LOGIN.password),
  ];
  for (const header of broken) assert.deepEqual(told(await push(header)), first, header);
  assert.equal(alarms.size, 0);
  assert.equal((await push(good)).status, 200);
});

test('Digest: a captured request cannot be sent again, nor with a lower count', async (t) => {
  const { push, ask, alarms } = await start(t, 'digest');
  const { nonce, realm } = await ask();
  const captured = digestLogin({ nonce, realm, uri: PATH, nc: '00000005' });
  assert.equal((await push(captured)).status, 200);
  for (const header of [
    captured,
    captured,
    digestLogin({ nonce, realm, uri: PATH, nc: '00000004' }),
    digestLogin({ nonce, realm, uri: PATH, nc: '00000005' }),
    digestLogin({ nonce, realm, uri: PATH, nc: '5' }),
    digestLogin({ nonce, realm, uri: PATH, nc: '00000000' }),
  ]) {
    const answer = await push(header);
    assert.equal(answer.status, 401);
    for (const { stale, nonce: fresh } of challenges(answer)) {
      assert.equal(stale, true);
      assert.notEqual(fresh, nonce);
    }
  }
  assert.equal(alarms.size, 1);
});

test('Digest: a nonce is good for five minutes; then a device that knows the password is asked to take a fresh one', async (t) => {
  const { push, ask, clock, alarms } = await start(t, 'digest');
  const { nonce, realm } = await ask();
  clock.now += 5 * MINUTES;
  assert.equal((await push(digestLogin({ nonce, realm, uri: PATH, nc: '00000001' }))).status, 200);
  clock.now += 1;
  const late = await push(digestLogin({ nonce, realm, uri: PATH, nc: '00000002' }));
  assert.equal(late.status, 401);
  const [fresh] = challenges(late);
  assert.ok(fresh?.stale);
  assert.equal((await push(digestLogin({ nonce: fresh.nonce, realm, uri: PATH }))).status, 200);
  assert.equal(alarms.size, 2);
  clock.now += 6 * MINUTES;
  const [stranger] = challenges(await push(digestLogin({ nonce, realm, uri: PATH, password: 'wrong' })));
  assert.equal(stranger?.stale, false);
});

test('Digest: a nonce of another listener, as of this one before a restart, is not taken', async (t) => {
  const one = await start(t, 'digest');
  const two = await start(t, 'digest');
  const { nonce, realm } = await one.ask();
  assert.equal((await two.push(digestLogin({ nonce, realm, uri: PATH }))).status, 401);
  assert.equal((await one.push(digestLogin({ nonce, realm, uri: PATH }))).status, 200);
  assert.deepEqual([one.alarms.size, two.alarms.size], [1, 0]);
});

test('Digest: a device that sends its body with the first request gets the challenge, and its alarm in with the second', async (t) => {
  const { port, alarms, ask, sockets } = await start(t, 'digest');
  const body = multipart(1, LARGE);
  const first = await RawClient.open(port);
  await first.send(request(body, { type: MULTIPART }));
  const answer = await first.lastAnswer();
  const [challenge] = challenges(answer);
  assert.ok(challenge);
  assert.ok((sockets[0]?.bytesRead ?? 0) < body.length + 200);
  const header = digestLogin({ ...challenge, uri: PATH });
  const second = await exchange(port, request(body, { type: MULTIPART, headers: [header] }));
  assert.equal(second.status, 200);
  const [alarm, ...more] = await drain(alarms);
  assert.equal(more.length, 0);
  assert.deepEqual(alarm?.attachments[0]?.content, LARGE);
  assert.ok(await ask());
});

test('Digest: many devices at once with nonces of their own are all let in', async (t) => {
  const { push, ask, alarms } = await start(t, 'digest');
  await Promise.all(
    Array.from({ length: 12 }, async (_, count) => {
      const { nonce, realm } = await ask();
      const algorithm = count % 2 === 0 ? 'MD5' : 'SHA-256';
      const answer = await push(digestLogin({ nonce, realm, uri: PATH, algorithm }), {}, xml(count));
      assert.equal(answer.status, 200);
    }),
  );
  const counts = (await drain(alarms)).map(countOf).sort((a, b) => a - b);
  assert.deepEqual(counts, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('Digest: a device that asks for the challenge and then logs in is not told as denied', async (t) => {
  const subscribed = await start(t, 'digest');
  const { nonce, realm } = await subscribed.ask();
  assert.equal((await subscribed.push(digestLogin({ nonce, realm, uri: PATH }))).status, 200);
  assert.deepEqual(await complaints(subscribed), []);
});
