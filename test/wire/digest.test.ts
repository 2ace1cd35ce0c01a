import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  basicAuthorization,
  type DigestLogin,
  digestAuthorization,
  digestResponse,
  parseAuthorization,
} from '../../src/wire/digest.js';
import { OPAQUE, RFC_2617, RFC_7616, VECTORS } from './digest-vectors.js';

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
