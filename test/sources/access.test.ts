import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmErrorCode } from '../../src/errors.js';
import { LIMITS } from '../../src/limits.js';
import { Access, type AccessSettings } from '../../src/sources/access.js';
import { HttpListener } from '../../src/sources/http-listener.js';
import { SETTINGS } from '../support/listener.js';
import { PUSH_LOGIN } from '../support/secrets.js';

const OPEN: AccessSettings = { secret: '', auth: 'none', username: '', password: '', allow: '' };
const LOGIN = PUSH_LOGIN;

const make = (settings: Partial<AccessSettings>, host = '0.0.0.0') =>
  new Access({ ...OPEN, ...settings }, host, LIMITS, () => 1_800_000_000_000);

const refuses = (code: AlarmErrorCode, settings: Partial<AccessSettings>, host?: string) =>
  assert.throws(() => make(settings, host), { name: 'AlarmError', code }, JSON.stringify([settings, host]));

const check = (access: Access, url: string, address = '192.0.2.7') =>
  access.check({ address, method: 'POST', url, authorization: undefined });

const HOSTS_FOR_ALL = [
  '0.0.0.0',
  '::',
  '',
  '192.0.2.1',
  'fe80::1',
  '::ffff:0.0.0.0',
  'nvr.example',
  '128.0.0.1',
];
const LOOPBACKS = ['127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', 'localhost'];

test('a listener on any address but loopback needs a secret, a login or allowed addresses: any one will do', () => {
  for (const host of [...HOSTS_FOR_ALL, ...LOOPBACKS]) {
    for (const secret of ['', 'k3v9x2m4q7w1']) {
      for (const auth of ['none', 'basic', 'digest'] as const) {
        for (const allow of ['', ' , ,', '192.0.2.0/24']) {
          const settings = { secret, auth, allow, ...(auth !== 'none' && LOGIN) };
          const open = secret === '' && auth === 'none' && allow !== '192.0.2.0/24';
          if (open && HOSTS_FOR_ALL.includes(host)) refuses('LISTENER_OPEN', settings, host);
          else assert.ok(make(settings, host));
        }
      }
    }
  }
});

test('a name that only begins like a loopback address is none', () => {
  for (const host of ['127.example', '127.0.0.1.example', 'localhost.example'])
    refuses('LISTENER_OPEN', {}, host);
});

test('a name and a password alone are no login', () => {
  refuses('LISTENER_OPEN', LOGIN);
});

test('a login without a name or a password is refused, on loopback and with a secret, too', () => {
  for (const auth of ['basic', 'digest'] as const) {
    for (const login of [{}, { username: 'camera' }, { password: PUSH_LOGIN.password }]) {
      refuses('LOGIN_MISSING', { auth, ...login });
      refuses('LOGIN_MISSING', { auth, ...login, secret: 'x', allow: '192.0.2.1' }, '127.0.0.1');
    }
  }
});

test('the listener refuses such settings before it opens anything', () => {
  const open = { ...SETTINGS, secret: '', host: '0.0.0.0' };
  assert.throws(() => new HttpListener(open), { code: 'LISTENER_OPEN' });
  assert.throws(() => new HttpListener({ ...SETTINGS, allow: 'x' }), { code: 'ALLOW_INVALID' });
  assert.throws(() => new HttpListener({ ...SETTINGS, auth: 'basic' }), { code: 'LOGIN_MISSING' });
});

const ALLOWED: [entries: string, inside: string[], outside: string[]][] = [
  ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.8', '::1', '::192.0.2.7', '2001:db8::7']],
  ['192.0.2.7/32', ['192.0.2.7'], ['192.0.2.6', '192.0.2.8']],
  [
    '192.0.2.0/24',
    ['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.9'],
    ['192.0.1.255', '192.0.3.0', '::ffff:192.0.3.0'],
  ],
  ['192.0.2.77/24', ['192.0.2.0', '192.0.2.255'], ['192.0.3.77']],
  ['192.0.2.128/25', ['192.0.2.128', '192.0.2.255'], ['192.0.2.127']],
  ['0.0.0.0/0', ['192.0.2.1', '255.255.255.255'], ['2001:db8::1']],
  ['2001:db8::7', ['2001:db8::7', '2001:0DB8:0:0:0:0:0:7'], ['2001:db8::8', '192.0.2.7']],
  ['2001:db8::/32', ['2001:db8::', '2001:db8:ffff::1'], ['2001:db9::', '192.0.2.1']],
  ['fe80::/10', ['fe80::1', 'febf::1'], ['fec0::1']],
  ['::1', ['::1'], ['127.0.0.1', '::2']],
  ['::ffff:192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7'], ['192.0.2.8']],
  [' 192.0.2.7 ,, 2001:db8::/64,', ['192.0.2.7', '2001:db8::9'], ['192.0.2.9', '2001:db8:0:1::']],
];
for (const [allow, inside, outside] of ALLOWED) {
  test(`the allowed addresses "${allow}" let in those and no others`, () => {
    const access = make({ allow });
    for (const address of inside)
      assert.deepEqual(check(access, '/isapi', address), { path: '/isapi' }, address);
    for (const address of outside) {
      assert.deepEqual(check(access, '/isapi', address), { status: 403, code: 'ADDRESS_DENIED' }, address);
    }
  });
}

test('a peer whose address is not known any more is not allowed', () => {
  assert.deepEqual(check(make({ allow: '0.0.0.0/0, ::/0' }), '/', ''), {
    status: 403,
    code: 'ADDRESS_DENIED',
  });
});

const INVALID = [
  'x',
  'camera.example',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.1.1',
  '0300.0.2.1',
  '192.0.2.1:80',
  '[::1]',
  '192.0.2.*',
  '192.0.2.1-9',
  '192.0.2.0/',
  '192.0.2.0/33',
  '192.0.2.0/-1',
  '192.0.2.0/24.5',
  '192.0.2.0/x',
  '192.0.2.0/255.255.255.0',
  '192.0.2.0/24/8',
  '192.0.2.0/1e1',
  '192.0.2.0/0x8',
  '192.0.2.0/ ',
  '/24',
  '2001:db8::/129',
  '2001:db8::/',
  '2001:db8:::1',
  '192.0.2.1 192.0.2.2',
  '192.0.2.1; 192.0.2.2',
];
for (const entry of INVALID) {
  test(`"${entry}" is no allowed address, whatever stands beside it`, () => {
    refuses('ALLOW_INVALID', { allow: entry });
    refuses('ALLOW_INVALID', { allow: `192.0.2.1,${entry},2001:db8::1`, secret: 'x' }, '127.0.0.1');
  });
}

const TARGETS: [url: string, path: string | undefined][] = [
  ['/S3cret/isapi', '/isapi'],
  ['/S3cret/isapi/', '/isapi'],
  ['/S3cret/isapi?a=/b/', '/isapi'],
  ['/S3cret/a/b', '/a/b'],
  ['/S3cret', '/'],
  ['/S3cret/', '/'],
  ['/S3cret?x', '/'],
  ['http://192.0.2.1:8089/S3cret/isapi?x', '/isapi'],
  ['https://user:x@host/S3cret/isapi', '/isapi'],
  ['/S3cret/http://x/isapi', '/http:/x/isapi'],
  ['//S3cret/isapi', '/isapi'],
  ['/S3cret//isapi//', '/isapi'],
  ['/s3cret/isapi', undefined],
  ['/S3cre/isapi', undefined],
  ['/S3crets/isapi', undefined],
  ['/S3cret%20/isapi', undefined],
  ['/%53%33cret/isapi', undefined],
  ['/?/S3cret/isapi', undefined],
  ['http://S3cret/isapi', undefined],
  ['http://host?/S3cret/isapi', undefined],
  ['ftp://host/S3cret/isapi', undefined],
  ['/isapi', undefined],
  ['/', undefined],
  ['', undefined],
  ['*', undefined],
];
test('the path below the secret is found, and nothing where the secret is not the whole first step', () => {
  const access = make({ secret: 'S3cret' });
  for (const [url, path] of TARGETS) {
    const expected = path === undefined ? { status: 404, code: 'SECRET_WRONG' } : { path };
    assert.deepEqual(check(access, url), expected, url);
  }
});

test('without a secret the whole path counts', () => {
  const access = make({ allow: '192.0.2.0/24' });
  for (const [url, path] of [
    ['/isapi', '/isapi'],
    ['/a/isapi/', '/a/isapi'],
    ['/', '/'],
    ['http://host', ''],
    ['*', '*'],
  ] as const) {
    assert.deepEqual(check(access, url), { path }, url);
  }
});

test('the address is judged before the path and the path before the login', () => {
  const access = make({ ...LOGIN, secret: 'S3cret', auth: 'basic', allow: '192.0.2.7' });
  const codes = [check(access, '/x', '192.0.2.8'), check(access, '/x'), check(access, '/S3cret/isapi')];
  assert.deepEqual(
    codes.map((verdict) => 'status' in verdict && [verdict.status, verdict.code]),
    [
      [403, 'ADDRESS_DENIED'],
      [404, 'SECRET_WRONG'],
      [401, 'LOGIN_WRONG'],
    ],
  );
});
