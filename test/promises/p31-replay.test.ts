import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import { challenges, type DigestPlan, digestLogin } from '../sources/login-client.js';
import { exchange } from '../sources/raw-client.js';
import { type RequestPlan, request, xml } from '../sources/samples.js';
import { PATH, startListener } from '../support/listener.js';
import { PUSH_LOGIN } from '../support/secrets.js';
import { promise } from './support/promise.js';

const LOGIN = { auth: 'digest', username: 'camera', password: PUSH_LOGIN.password } as const;
const COUNT = '00000005';
const ALGORITHMS = ['MD5', 'SHA-256'];

/** What somebody who has listened can send, without the password. */
const REPLAYS: readonly (readonly [what: string, request: RequestPlan])[] = [
  ['as it was', {}],
  ['with a query', { target: `${PATH}?x` }],
  ['with a slash more', { target: `${PATH}/` }],
  ['to another path', { target: '/k3v9x2m4q7w1/http' }],
  ['by another method', { method: 'PUT' }],
  ['as a question', { method: 'GET' }],
];

promise(
  'P31',
  'a captured Digest login cannot be used again',
  async ({ build, t, short, figure }) => {
    const clock = { now: 1_800_000_000_000 };
    const plan = { build, settings: LOGIN, now: () => clock.now };
    const [{ port, alarms }, other] = [await startListener(t, plan), await startListener(t, plan)];
    let replays = 0;
    const send = async (header: string | undefined, plan: RequestPlan = {}, to = port) => {
      const headers = header === undefined ? [] : [header];
      return exchange(to, request(xml(), { ...plan, headers }));
    };
    const refused = async (what: string, header: string, plan: RequestPlan = {}, to = port) => {
      replays++;
      const { status, headers } = await send(header, plan, to);
      assert.equal(status, 401, what);
      assert.ok(headers.has('www-authenticate'), what);
    };
    const algorithms = short ? ['MD5'] : ALGORITHMS;
    for (const algorithm of algorithms) {
      const [challenge] = challenges(await send(undefined));
      const { nonce, realm } = challenge ?? assert.fail('no challenge');
      const login = (more: Partial<DigestPlan> = {}) =>
        digestLogin({ nonce, realm, uri: PATH, algorithm, nc: COUNT, ...more });
      const unused = login({ nc: '00000006' });
      for (const [what, plan] of REPLAYS.slice(1)) await refused(`not used yet, ${what}`, unused, plan);
      const captured = login();
      assert.equal((await send(captured)).status, 200, 'a good login');
      for (const [what, plan] of REPLAYS) await refused(what, captured, plan);
      // Whoever has only listened cannot sign another count: it is changed in what was signed.
      for (const nc of ['00000006', '00000004', 'ffffffff', '5', '0000005'])
        await refused(`the count changed to ${nc}`, captured.replace(`nc=${COUNT}`, `nc=${nc}`));
      for (const nc of ['00000004', '00000001', '00000000', COUNT])
        await refused(`signed with the lower count ${nc}`, login({ nc }));
      await refused('at another listener, or after a restart', login({ nc: '00000007' }), {}, other.port);
      assert.equal((await send(unused)).status, 200, 'the next count');
      clock.now += LIMITS.nonceLifetimeMs + 1;
      await refused('an old nonce', login({ nc: '00000008' }));
    }
    assert.equal(alarms.size, 2 * algorithms.length);
    figure(`${replays} replays refused, ${alarms.size} good ones taken`);
  },
  [
    {
      what: 'does not look at the count',
      file: 'src/sources/nonces.js',
      from: 'count <= (this.#counts.get(nonce) ?? 0)',
      to: 'count === 0',
    },
    {
      what: 'takes a nonce for ever',
      file: 'src/sources/nonces.js',
      from: 'age <= this.#limits.nonceLifetimeMs',
      to: 'age < Infinity',
    },
    {
      what: 'does not look whether the login is for this path',
      file: 'src/sources/access.js',
      from: '&& known && same',
      to: '&& known',
    },
    {
      what: 'takes nonces of others',
      file: 'src/sources/nonces.js',
      from: '!equal(nonce.slice(dot + 1), this.#sign(open))',
      to: 'dot < 0',
    },
  ],
);
