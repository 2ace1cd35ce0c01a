import assert from 'node:assert/strict';
import {
  type Asked,
  answer,
  clientOf,
  fieldsOf,
  isRight,
  LOGIN,
  refusal,
  startDevice,
} from '../device/scripted-device.js';
import { VECTORS } from '../wire/digest-vectors.js';
import { type Build, promise, type Trial } from './support/promise.js';

const REQUESTS = 300;
const USES = 100;
const OK = answer('200 OK', 'fine');

/** As devices and gateways write several challenges: in one header or in many, known and unknown ones. */
const OFFERS: readonly (readonly [what: string, headers: string[], algorithm: string])[] = [
  ['MD5 alone', [digest('n', 'MD5')], 'MD5'],
  ['SHA-256 alone', [digest('n', 'SHA-256')], 'SHA-256'],
  ['MD5-sess alone', [digest('n', 'MD5-sess')], 'MD5-sess'],
  ['Basic before Digest in one header', [`Basic realm="x", ${digest('n', 'MD5')}`], 'MD5'],
  ['Digest before Basic in one header', [`${digest('n', 'MD5')}, Basic realm="x"`], 'MD5'],
  ['three headers', ['Negotiate', 'Basic realm="x"', digest('n', 'MD5')], 'MD5'],
  ['MD5 and SHA-256', [digest('m', 'MD5'), digest('s', 'SHA-256')], 'SHA-256'],
  ['both in one header', [`${digest('s', 'SHA-256')}, ${digest('m', 'MD5')}`], 'SHA-256'],
  ['one that nobody knows', [digest('x', 'SHA-512-256'), digest('m', 'MD5')], 'MD5'],
];

function digest(nonce: string, algorithm: string, more = ''): string {
  return `Digest realm="IP Camera(83813)", qop="auth", nonce="${nonce}", algorithm=${algorithm}${more}`;
}

function vectorsHold(build: Build): void {
  const { digestResponse } = build.load<typeof import('../../src/wire/digest.js')>('src/wire/digest.js');
  for (const [what, input, response] of VECTORS) assert.equal(digestResponse(input), response, what);
}

/**
 * A camera that takes a nonce a hundred times and each count only in its turn, in eight small hexadecimal digits: any
 * other locks the account.
 */
async function strictCameraIsServed({ build, t }: Trial, algorithm: string): Promise<number> {
  let [nonce, uses, refusals] = [1, 0, 0];
  const wrong: string[] = [];
  const cnonces = new Set<string | undefined>();
  const judge = (asked: Asked): string => {
    if (asked.authorization === undefined) return refusal([digest(`nonce${nonce}`, algorithm)]);
    const field = fieldsOf(asked.authorization);
    const stale = field['nonce'] === `nonce${nonce - 1}`;
    if (!stale && field['nonce'] !== `nonce${nonce}`) wrong.push(`nonce ${field['nonce']}`);
    if (!isRight(asked)) wrong.push('response');
    if (stale || wrong.length > 0) return refusal([digest(`nonce${nonce}`, algorithm, ', stale=true')]);
    const expected = (uses + 1).toString(16).padStart(8, '0');
    if (field['nc'] !== expected) wrong.push(`nc=${field['nc']} instead of ${expected}`);
    if (field['qop'] !== 'auth' || /(?:qop|nc)="/.test(asked.authorization)) wrong.push('quotes');
    if (cnonces.has(field['cnonce'])) wrong.push('the same cnonce');
    cnonces.add(field['cnonce']);
    if (wrong.length > 0) return refusal([digest(`nonce${nonce}`, algorithm)]);
    if (++uses === USES) {
      nonce++;
      uses = 0;
      refusals++;
    }
    return OK;
  };
  const { port, asked } = await startDevice(t, judge);
  const { client } = clientOf(t, port, {}, {}, build);
  for (let count = 0; count < REQUESTS; count++) {
    const { status } = await client.request({ path: `/ISAPI/x?n=${count}` }).catch((error: unknown) => {
      throw new assert.AssertionError({ message: `request ${count}: ${wrong.join(', ') || String(error)}` });
    });
    assert.equal(status, 200);
  }
  assert.deepEqual(wrong, []);
  assert.equal(nonce, 1 + REQUESTS / USES);
  // One more each for the first challenge and for each nonce that had been used up, less the last.
  assert.ok(asked.length <= REQUESTS + refusals, `${asked.length} requests`);
  return asked.length;
}

async function offersAreAnswered({ build, t }: Trial): Promise<void> {
  for (const [what, headers, algorithm] of OFFERS) {
    const { port, logins } = await startDevice(t, (asked) => (isRight(asked) ? OK : refusal(headers)));
    const { client } = clientOf(t, port, {}, {}, build);
    for (let count = 0; count < 3; count++)
      assert.equal((await client.request({ path: '/x' })).status, 200, what);
    assert.equal(logins().length, 3, what);
    for (const { authorization } of logins()) {
      assert.equal(fieldsOf(authorization)['algorithm'], algorithm, what);
      assert.equal(fieldsOf(authorization)['username'], LOGIN.username, what);
    }
  }
}

promise(
  'P32',
  'our Digest login speaks to strict devices',
  async (trial) => {
    vectorsHold(trial.build);
    const md5 = await strictCameraIsServed(trial, 'MD5');
    const sha = await strictCameraIsServed(trial, 'SHA-256');
    await offersAreAnswered(trial);
    trial.figure(
      `${VECTORS.length} vectors; ${REQUESTS} requests over ${REQUESTS / USES} nonces: ${md5} sent with MD5, ${sha} with SHA-256, none with a wrong count; ${OFFERS.length} ways to offer several challenges`,
    );
  },
  [
    {
      what: 'counts in decimal',
      file: 'src/device/device-login.js',
      from: 'uses.toString(16)',
      to: 'uses.toString(10)',
    },
    {
      what: 'takes Basic when it comes first',
      file: 'src/wire/challenge.js',
      from: 'if (digests.length > 0)',
      to: "if (digests.length > 0 && offered[0]?.scheme === 'digest')",
    },
    {
      what: 'answers MD5 where SHA-256 is offered',
      file: 'src/wire/challenge.js',
      from: "algorithm === 'SHA-256') ?? known[0]",
      to: "algorithm === 'MD5') ?? known[0]",
    },
  ],
);
