import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseChallenge, type DigestChallenge, parseChallenges } from '../../src/wire/challenge.js';

/** Parsed, as something a test can compare. */
const read = (...headers: string[]) =>
  parseChallenges(headers).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

const digest = (...headers: string[]): DigestChallenge => {
  const challenge = chooseChallenge(headers);
  assert.ok(challenge?.scheme === 'digest');
  return challenge;
};

test('the example of RFC 9110 §11.6.1: two challenges in one header', () => {
  assert.deepEqual(
    read('Basic realm="simple", Newauth realm="apps", type=1,                 title="Login to \\"apps\\""'),
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  );
});

test('challenges as found in the field', () => {
  // DS-2CD2…, firmware 5.5.0: no algorithm, qop first, FALSE in quotes.
  assert.deepEqual(digest('Digest qop="auth", realm="IP Camera(83813)", nonce="5a6d", stale="FALSE"'), {
    scheme: 'digest',
    realm: 'IP Camera(83813)',
    nonce: '5a6d',
    opaque: undefined,
    algorithm: 'MD5',
    session: false,
    algorithmText: undefined,
    qop: 'auth',
    stale: false,
  });
  // A recorder: empty opaque, quoted algorithm, a domain.
  const recorder = digest(
    'Digest realm="DVR", domain="::", qop="auth", nonce="a:1", opaque="", algorithm="MD5", stale="FALSE"',
  );
  assert.deepEqual([recorder.opaque, recorder.algorithmText, recorder.nonce], ['', 'MD5', 'a:1']);
});

test('quotes, capitals, blanks and commas do not matter', () => {
  const usual = digest('Digest realm="r", nonce="n==", qop="auth,auth-int", stale=true, algorithm=MD5');
  for (const header of [
    'DIGEST Realm="r",NONCE="n==",QOP="auth, auth-int",Stale="TRUE",Algorithm=MD5',
    'digest realm = "r" , nonce = n== , qop = auth,auth-int , stale = TRUE , algorithm="MD5"',
    'Digest qop=auth-int,auth, nonce=n==, realm=r, stale=true, algorithm=MD5',
    'Digest realm="r" nonce="n==" qop="auth" stale=true algorithm=MD5',
    ', ,Digest\trealm="r",, nonce="n==",qop=auth, stale=true,algorithm=MD5,',
    'Basic realm="x", Digest realm="r", nonce="n==", qop="auth", stale=true, algorithm=MD5',
    'Digest realm="r", realm="other", nonce="n==", nonce="", qop="auth", stale=true, algorithm=MD5, Basic realm="x"',
  ]) {
    assert.deepEqual(digest(header), usual, header);
  }
});

test('SHA-256 is taken before MD5, in whatever order and header', () => {
  const md5 = 'Digest realm="r", nonce="m", algorithm=MD5';
  const sha = 'Digest realm="r", nonce="s", algorithm=SHA-256';
  for (const headers of [[md5, sha], [sha, md5], [`${md5}, ${sha}`], [`Basic realm="b", ${sha}, ${md5}`]]) {
    assert.equal(digest(...headers).nonce, 's');
  }
  assert.equal(digest(md5, 'Digest realm="r", nonce="x", algorithm=SHA-512-256').nonce, 'm');
  const session = digest('Digest realm="r", nonce="s", algorithm="sha-256-SESS"');
  assert.deepEqual(
    [session.algorithm, session.session, session.algorithmText],
    ['SHA-256', true, 'sha-256-SESS'],
  );
  assert.equal(digest('Digest nonce="s", algorithm=MD5-sess').session, true);
});

test('qop: auth if offered, then auth-int, else the login of RFC 2069', () => {
  const qop = (words: string) => digest(`Digest nonce="n"${words}`).qop;
  assert.equal(qop(', qop="auth-int,auth"'), 'auth');
  assert.equal(qop(', qop="AUTH"'), 'auth');
  assert.equal(qop(', qop=auth-int'), 'auth-int');
  assert.equal(qop(', qop=""'), 'none');
  assert.equal(qop(''), 'none');
});

test('Basic is for devices that offer no Digest at all', () => {
  const basic = { scheme: 'basic', stale: false };
  assert.deepEqual(chooseChallenge(['Basic realm="x"']), basic);
  assert.deepEqual(chooseChallenge(['Negotiate', 'BASIC']), basic);
  assert.equal(chooseChallenge(['Basic realm="x"', 'Digest nonce="n", algorithm=NEW']), undefined);
  assert.equal(chooseChallenge(['Digest realm="no nonce"', 'Basic realm="x"']), undefined);
  for (const none of [[], [''], ['Negotiate'], ['Bearer realm="x"'], ['=,="']]) {
    assert.equal(chooseChallenge(none), undefined);
  }
});

test('the reader takes any text, quickly', () => {
  const words = fc.constantFrom(
    'Digest',
    'Basic',
    'qop',
    'auth',
    'nonce',
    '=',
    '"',
    '\\',
    ',',
    ' ',
    'x',
    '\t',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
      chooseChallenge([parts.join('')]);
    }),
    { numRuns: 5_000 },
  );
  for (const piece of ['"', ',', '=', 'a=', 'a ', 'a="', '\\', 'qop=auth,auth,']) {
    chooseChallenge([piece.repeat(16_384 / piece.length)]);
  }
});

test('quoting and reading are inverse', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (realm, nonce) => {
      const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
      const challenge = digest(`Digest realm=${quoted(realm)}, nonce=${quoted(nonce)}`);
      assert.deepEqual([challenge.realm, challenge.nonce], [realm, nonce]);
    }),
  );
});
