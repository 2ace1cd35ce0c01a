import assert from 'node:assert/strict';
import { type Challenge, chooseChallenge } from '../../src/wire/challenge.js';
import { type Authorization, digestAuthorization, parseAuthorization } from '../../src/wire/digest.js';
import { type Reader, trial } from './engine.js';
import { asText, changesOf, json } from './samples.js';

const LOGINS = [
  'Digest username="camera", realm="alarms", nonce="8a1f", uri="/k3v9/isapi", qop=auth, nc=00000001, cnonce="0a4f", response="6629fae49393a05397450978507c4ef1", opaque="5ccc"',
  'Digest username="a \\"b\\" c", realm="", nonce="8a1f", uri="/", response="00"',
  'digest username=camera,realm=alarms,nonce=8a1f,uri=/,algorithm=SHA-256,response=00',
  'Digest username*=UTF-8\'\'J%C3%A4s, nonce="8a1f", userhash=true',
  'Basic Y2FtZXJhOnBhc3M=',
  'Basic Og==',
  'Bearer a.b.c',
].map(asText);

/** What a device says who it is. */
const authorization: Reader<Authorization | undefined> = {
  name: 'authorization',
  make: changesOf(LOGINS),
  call: ({ bytes }) => parseAuthorization(bytes.toString('latin1')),
  judge: (read, { bytes }) => {
    if (read === undefined) return false;
    const words = read.scheme === 'basic' ? [read.username, read.password] : [...read.parameters].flat();
    assert.ok(words.every((word) => typeof word === 'string'));
    // Three bytes of base64 may be none of UTF-8: each is told by a character of its own.
    assert.ok(words.join('').length <= bytes.length, 'more came out than went in');
    return true;
  },
  intact: () => json(LOGINS.map(({ bytes }) => parseAuthorization(bytes.toString('latin1')))),
};

const CHALLENGES = [
  'Digest qop="auth", realm="DS-2CD", nonce="4e6a:0", stale="FALSE"',
  'Digest realm="a", nonce="b", algorithm=SHA-256, qop="auth,auth-int", opaque="c", Digest realm="a", nonce="b"',
  'Basic realm="a", Digest realm="a", nonce="b", qop=auth,auth-int',
  'Digest realm=a nonce=b stale=true',
  'Digest realm="a\\"b", nonce="b", algorithm=MD5-sess',
  'Basic realm="DVR"',
].map(asText);
const choose = (text: string) => chooseChallenge(text.split('\n'));

/** What a device asks of us, and what we answer it. */
const challenge: Reader<Challenge | undefined> = {
  name: 'challenge',
  make: changesOf(CHALLENGES),
  call: ({ bytes }) => choose(bytes.toString('latin1')),
  judge: (read, { bytes }) => {
    if (read === undefined) return false;
    if (read.scheme === 'basic') return true;
    const login = {
      username: 'admin',
      password: 'pass',
      method: 'GET',
      uri: '/',
      nc: '00000001',
      cnonce: '00',
    };
    const header = digestAuthorization({ ...read, ...login });
    assert.ok(header.startsWith('Digest username="admin", '));
    assert.ok(header.length <= 4 * bytes.length + 400, 'more came out than went in');
    return true;
  },
  intact: () => json(CHALLENGES.map(({ bytes }) => choose(bytes.toString('latin1')))),
};

/** What reads logins, on both sides. */
export const LOGIN_TRIALS = [trial(authorization), trial(challenge)];
