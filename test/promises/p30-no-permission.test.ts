import assert from 'node:assert/strict';
import { basicLogin, digestLogin } from '../sources/login-client.js';
import { type Answer, exchange, RawClient } from '../sources/raw-client.js';
import { type RequestPlan, request, xml } from '../sources/samples.js';
import { type ListenerPlan, SECRET, startListener } from '../support/listener.js';
import { promise, type Trial } from './support/promise.js';

const TEN_MB = Buffer.alloc(10_000_000, xml());
const KIB_64 = 64 * 1024;
/** Node.js takes so much from a socket at a time; from version 24 on it does so twice before it lets go. */
const READS = Number.parseInt(process.versions.node, 10) >= 24 ? 2 : 1;
const TRIES = 1_000;
const TELLING_MS = 1;
/** The slowest and the fastest ones are left out of the mean: what holds a machine up says nothing of us. */
const LEFT_OUT = 0.05;

const BASIC = { auth: 'basic', username: 'camera', password: 'correct horse' } as const;
const DIGEST = { ...BASIC, auth: 'digest' } as const;
const basic = (username: string, password: string): RequestPlan => ({
  headers: [basicLogin(username, password)],
});
const digest = (more: { username?: string; nonce?: string; uri?: string }): RequestPlan => ({
  headers: [digestLogin({ realm: 'camera-alarms', nonce: 'x.y.z', uri: `/${SECRET}/isapi`, ...more })],
});

/** Requests that all must look the same from outside, at a listener. */
interface Refused {
  readonly what: string;
  readonly status: number;
  readonly plan: ListenerPlan;
  readonly requests: readonly (readonly [what: string, request: RequestPlan])[];
}
const REFUSED: readonly Refused[] = [
  {
    what: 'secret',
    status: 404,
    plan: {},
    requests: [
      ['the right secret, and a path that nobody has', { target: `/${SECRET}/nobody` }],
      ['the first letter wrong', { target: `/x${SECRET.slice(1)}/isapi` }],
      ['the last letter wrong', { target: `/${SECRET.slice(0, -1)}x/isapi` }],
      ['a part of it', { target: `/${SECRET.slice(0, 5)}/isapi` }],
      ['none', { target: '/isapi' }],
      ['a sign of life', { target: '/api/httplistening/keeplive' }],
    ],
  },
  {
    what: 'address',
    status: 403,
    plan: { settings: { allow: '192.0.2.0/24' } },
    requests: [
      ['a path that there is', {}],
      ['a path that nobody has', { target: `/${SECRET}/nobody` }],
      ['a wrong secret', { target: '/isapi' }],
      ['a sign of life', { target: '/api/httplistening/keeplive' }],
    ],
  },
  {
    what: 'Basic login',
    status: 401,
    plan: { settings: BASIC },
    requests: [
      ['no login', {}],
      ['an unknown name', basic('nobody', BASIC.password)],
      ['a wrong password', basic(BASIC.username, 'wrong')],
      ['a password with its last letter wrong', basic(BASIC.username, 'correct horsf')],
      ['a path that nobody has', { target: `/${SECRET}/nobody` }],
      ['a path of another maker', { target: `/${SECRET}/vstarcam` }],
      ['another method', { method: 'PUT' }],
      ['a coded body', { headers: ['Content-Encoding: gzip'] }],
    ],
  },
  {
    what: 'Basic login without a secret',
    status: 401,
    plan: { settings: { ...BASIC, secret: '' } },
    requests: [
      ['a path that there is', { target: '/isapi' }],
      ['a path that nobody has', { target: '/nobody' }],
      ['a path of another maker', { target: '/vstarcam' }],
      ['a sign of life', { target: '/api/httplistening/keeplive' }],
    ],
  },
  {
    what: 'Digest login',
    status: 401,
    plan: { settings: DIGEST },
    requests: [
      ['no login', {}],
      ['an unknown name', digest({ username: 'nobody' })],
      ['a wrong password', digest({})],
      ['a nonce of its own', digest({ nonce: 'n' })],
      ['a path that nobody has', { target: `/${SECRET}/nobody` }],
      ['a path of another maker', { target: `/${SECRET}/vstarcam` }],
    ],
  },
];

/** All that a peer could learn from a refusal, with what is random taken out. */
const told = ({ statusLine, headers, body }: Answer) => ({
  statusLine,
  body,
  headers: [...headers]
    .filter(([name]) => name !== 'date')
    .map(([name, values]) => [name, values.map((value) => value.replace(/nonce="[^"]*"/, 'nonce'))]),
});

async function startRefusing({ build, t }: Trial, plan: ListenerPlan) {
  const made = await startListener(t, { ...plan, build, limits: { refusedLingerMs: 50 } });
  for (const [path, file, name] of [
    ['/vstarcam', 'src/vendors/vstarcam/index.js', 'vstarcam'],
    ['/recorder', 'src/vendors/raysharp/index.js', 'raysharp'],
  ] as const)
    made.listener.inbox(
      path,
      build.load<Record<string, typeof made.inbox.vendor>>(file)[name] ?? assert.fail(name),
    );
  return made;
}

type Refusing = Awaited<ReturnType<typeof startRefusing>>;

/** @returns bytes read of the body of one that is refused, at most */
async function readsNothing({ port, sockets, alarms, quiet }: Refusing, refused: Refused): Promise<number> {
  let most = 0;
  for (const [what, plan] of refused.requests) {
    for (const more of [[], ['Expect: 100-continue']]) {
      const bytes = request(TEN_MB, { ...plan, headers: [...(plan.headers ?? []), ...more] });
      const connections = sockets.length + 1;
      const client = await RawClient.open(port);
      const answered = client.lastAnswer(plan.method);
      const sent = client.send(bytes);
      // An answer of 100 would be the first one.
      assert.equal((await answered).status, refused.status, `${refused.what}: ${what}`);
      await Promise.all([sent, quiet(connections)]);
      const read = (sockets.at(-1)?.bytesRead ?? 0) - (bytes.length - TEN_MB.length);
      assert.ok(read < READS * KIB_64, `${refused.what}: ${what}: ${read} bytes of the body were read`);
      most = Math.max(most, read);
    }
  }
  assert.equal(alarms.size, 0);
  return most;
}

async function saysTheSame({ port }: Refusing, { what, requests }: Refused): Promise<void> {
  const answers = [];
  for (const [, plan] of requests) answers.push(told(await exchange(port, request(xml(), plan))));
  for (const [index, answer] of answers.entries())
    assert.deepEqual(answer, answers[0], `${what}: ${requests[index]?.[0]} is told apart`);
}

/** All kinds in turn, so that what else the machine does is the same for each. @returns largest difference of the means */
async function takesAsLong({ port }: Refusing, { what, requests }: Refused): Promise<number> {
  const times = requests.map((): number[] => []);
  const bytes = requests.map(([, plan]) => request(xml(), plan));
  for (let count = 0; count < TRIES; count++) {
    for (const [index, own] of times.entries()) {
      const before = performance.now();
      await exchange(port, bytes[index] ?? '');
      own.push(performance.now() - before);
    }
  }
  const means = times.map(meanOf);
  const difference = Math.max(...means) - Math.min(...means);
  assert.ok(difference < TELLING_MS, `${what}: the time tells by ${difference} ms: ${means.join(', ')}`);
  return difference;
}

function meanOf(times: number[]): number {
  const aside = Math.floor(times.length * LEFT_OUT);
  const usual = [...times].sort((a, b) => a - b).slice(aside, times.length - aside);
  return usual.reduce((sum, ms) => sum + ms, 0) / usual.length;
}

promise(
  'P30',
  'without permission not one byte of a body is waited for, and nothing is revealed',
  async (trial) => {
    let [kinds, read, difference] = [0, 0, 0];
    for (const refused of REFUSED) {
      const made = await startRefusing(trial, refused.plan);
      await saysTheSame(made, refused);
      read = Math.max(read, await readsNothing(made, refused));
      kinds += refused.requests.length;
      if (!trial.short) difference = Math.max(difference, await takesAsLong(made, refused));
    }
    trial.figure(
      `${kinds} kinds of refusal, ${REFUSED.length} groups of equal answers; of 10 MB at most ${read} bytes read; means of ${TRIES} tries each differ by ${difference.toFixed(3)} ms at most`,
    );
  },
  [
    {
      what: 'reads on from whom it refuses',
      file: 'src/sources/refusal.js',
      from: 'socket.bytesRead > limits.refusedBodyBytes',
      to: 'false',
    },
    {
      what: 'asks for a login before it has seen the secret',
      file: 'src/sources/access.js',
      from: "{ status: 404, code: 'SECRET_WRONG' }",
      to: "{ status: 401, code: 'SECRET_WRONG' }",
    },
    {
      what: 'tells who has not logged in that signs of life are taken',
      file: 'src/sources/http-listener.js',
      from: "'status' in verdict ? verdict : objection_js_1.NO_KEEPALIVE",
      to: 'objection_js_1.NO_KEEPALIVE',
    },
  ],
);
