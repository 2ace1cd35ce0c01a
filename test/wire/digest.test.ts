import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  basicAuthorization,
  type DigestInput,
  type DigestLogin,
  digestAuthorization,
  digestResponse,
  parseAuthorization,
} from '../../src/wire/digest.js';

/** RFC 7616 §3.9.1, as printed there. */
const RFC_7616: DigestInput = {
  algorithm: 'MD5',
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};
const OPAQUE = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';

/** RFC 2617 §3.5. */
const RFC_2617: DigestInput = {
  ...RFC_7616,
  realm: 'testrealm@host.com',
  password: 'Circle Of Life',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  cnonce: '0a4f113b',
};

// The first four are printed in the RFCs, the others were worked out by md5sum and sha256sum of GNU coreutils.
const VECTORS: [what: string, input: DigestInput, response: string][] = [
  ['RFC 7616 §3.9.1 MD5', RFC_7616, '8ca523f5e9506fed4657c9700eebdbec'],
  [
    'RFC 7616 §3.9.1 SHA-256',
    { ...RFC_7616, algorithm: 'SHA-256' },
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  ],
  ['RFC 2617 §3.5', RFC_2617, '6629fae49393a05397450978507c4ef1'],
  [
    'RFC 2069 §2.4 (erratum 749)',
    { ...RFC_2617, password: 'CircleOfLife', qop: 'none' },
    '1949323746fe6a43ef61f9606e7febea',
  ],
  ['without qop', { ...RFC_2617, qop: 'none' }, '670fd8c2df070c60b045671b8b24ff02'],
  ['MD5-sess', { ...RFC_2617, session: true }, '8e3825c57e897f5a0dec6c2d4e5059d0'],
  ['MD5-sess without qop', { ...RFC_2617, session: true, qop: 'none' }, '4726bc10c33fa6cb357eb27807b1cce8'],
  [
    'SHA-256-sess',
    { ...RFC_2617, algorithm: 'SHA-256', session: true },
    'b8822e12417cb7750f4e2b8515f0dcf25b7dd26993e80bee1426201446a7f59b',
  ],
  [
    'auth-int',
    { ...RFC_2617, method: 'PUT', qop: 'auth-int', body: Buffer.from('<a/>') },
    '298edde2905aebc9871a93caf69866a9',
  ],
];

for (const [what, input, response] of VECTORS) {
  test(`a Digest response as worked out elsewhere: ${what}`, () => {
    assert.equal(digestResponse(input), response);
  });
}

test('the header of RFC 7616 §3.9.1, quotes where the RFC sets them', () => {
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    const login = { ...RFC_7616, algorithm, algorithmText: algorithm, opaque: OPAQUE };
    const header = digestAuthorization(login);
    assert.deepEqual(
      new Set(header.replace(/^Digest /, '').split(', ')),
      new Set([
        'username="Mufasa"',
        'realm="http-auth@example.org"',
        'uri="/dir/index.html"',
        `algorithm=${algorithm}`,
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
        'nc=00000001',
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"',
        'qop=auth',
        `response="${VECTORS[algorithm === 'MD5' ? 0 : 1]?.[2]}"`,
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      ]),
    );
  }
});

test('what a challenge does not have is not in the header either', () => {
  const plain: DigestLogin = { ...RFC_2617, qop: 'none', algorithmText: undefined, opaque: undefined };
  assert.equal(
    digestAuthorization(plain),
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", ' +
      'uri="/dir/index.html", response="670fd8c2df070c60b045671b8b24ff02"',
  );
  assert.match(digestAuthorization({ ...plain, session: true }), /, cnonce="0a4f113b"$/);
  assert.match(digestAuthorization({ ...plain, opaque: '' }), /, opaque=""$/);
});

test('names with quotes and other letters: escaped in the header, hashed as they are, sent as UTF-8', () => {
  const header = digestAuthorization({
    algorithm: 'MD5',
    username: 'jäg"er\\',
    realm: 'IP Camera(83813)',
    password: 'pass:wörd',
    method: 'GET',
    uri: '/ISAPI/x?a=1,b',
    nonce: '5a6d',
    nc: '0000000a',
    cnonce: 'cc',
    algorithmText: undefined,
    opaque: undefined,
  });
  const sent = Buffer.from(header, 'latin1').toString('utf8');
  assert.match(sent, /^Digest username="jäg\\"er\\\\", realm="IP Camera\(83813\)"/);
  // Worked out by md5sum.
  assert.match(sent, /response="bc252423e70339f47b0eb918a64b1725"/);
});

test('a Basic login is RFC 7617 §2 and §2.1', () => {
  assert.equal(basicAuthorization('Aladdin', 'open sesame'), 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
  assert.equal(basicAuthorization('test', '123£'), 'Basic dGVzdDoxMjPCow==');
});

test('what is written is read back by the side of the listener', () => {
  const read = parseAuthorization(
    digestAuthorization({ ...RFC_7616, username: 'a"b\\c', algorithmText: 'MD5', opaque: 'x,y=z' }),
  );
  assert.ok(read?.scheme === 'digest');
  assert.equal(read.parameters.get('username'), 'a"b\\c');
  assert.equal(read.parameters.get('opaque'), 'x,y=z');
  assert.equal(read.parameters.get('nc'), '00000001');
});
