import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Check } from '../../src/configure/check.js';
import { type DoctorJob, examine } from '../../src/configure/doctor.js';
import { DeviceClient } from '../../src/device/device-client.js';
import { type Behaviour, behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { ConfigurableDevice, type ConfigurableOptions } from '../../src/simulator/configurable/device.js';
import { cameraHosts } from '../../src/simulator/configurable/factory-hosts.js';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import {
  LISTENER,
  MISCONFIGURATIONS,
  wellConfigured,
} from '../../src/simulator/configurable/misconfigurations.js';
import type { PushTarget } from '../../src/vendors/isapi/host-changes.js';
import { selfSigned } from '../sources/certificate.js';
import { ManualClock } from '../support/manual-clock.js';
import { LOGIN, TARGET } from './support.js';

const OUR_LISTENER: PushTarget = {
  ...TARGET,
  host: LISTENER.address,
  port: LISTENER.port,
  path: LISTENER.path,
};
const STREAM = '/ISAPI/Event/notification/alertStream';
const SECRETS = [LOGIN.password, LISTENER.path.split('/')[1] as string, 'Old1Secret2x'];

/** What is other than usual; our listener is looked for unless it is given as undefined. */
type Visit = Partial<Omit<DoctorJob, 'target'>> & { readonly target?: PushTarget | undefined };

interface Bench {
  readonly device: ConfigurableDevice;
  readonly clock: ManualClock;
  readonly doctor: (job?: Visit) => Promise<Check[]>;
}

/** A simulated device, whose tests reach nothing outside, and a doctor with a clock that stands still. */
async function bench(
  t: TestContext,
  behaviour: Partial<Behaviour>,
  options: ConfigurableOptions & { readonly protocol?: 'https'; readonly verifyTls?: boolean } = {},
): Promise<Bench> {
  const clock = new ManualClock();
  const now = () => clock.now();
  const all = behaviourOf({ test: 'always ok' }, behaviour);
  const device = await ConfigurableDevice.start(all, { now, ...options });
  const { protocol = 'http', verifyTls = true } = options;
  const address = { protocol, host: '127.0.0.1', port: device.port } as const;
  const client = new DeviceClient({ ...address, verifyTls, ...LOGIN }, { limits: { totalTimeoutMs: 500 } });
  t.after(async () => {
    await client.close();
    await device.close();
  });
  const doctor = async (visit: Visit = {}) => {
    const { target, ...job } = { target: OUR_LISTENER, ...visit };
    const checks = await examine({ client, address, clock, ...job, ...(target && { target }) });
    const texts = JSON.stringify(checks);
    for (const secret of SECRETS) assert.ok(!texts.includes(secret), texts);
    for (const { text } of checks) assert.match(text, /^[^\n]{10,220}[.]$/);
    assert.equal(new Set(checks.map(({ id }) => id)).size, checks.length, 'each id once');
    assert.equal(clock.waiting, 0);
    return checks;
  };
  return { device, clock, doctor };
}

const withResult = (checks: readonly Check[], wanted: Check['result']) =>
  checks.filter(({ result }) => result === wanted).map(({ id }) => id);
const textOf = (checks: readonly Check[], wanted: string) =>
  checks.find(({ id }) => id === wanted)?.text ?? `no ${wanted}`;

const HEALTHY = [
  'reachable',
  'protocol',
  'login',
  'lock',
  'rights',
  'activated',
  'clock',
  'firmware',
  'isapi',
  'capabilities',
  'entry',
  'listener-reached',
  'linkage-VMD-1',
  'enabled-VMD-1',
  'schedule-VMD-1',
  'region-VMD-1',
  'linkage-tamper-1',
  'enabled-tamper-1',
  'linkage-linedetection-1',
  'enabled-linedetection-1',
  'schedule-linedetection-1',
  'region-linedetection-1',
  'linkage-fielddetection-1',
  'enabled-fielddetection-1',
  'schedule-fielddetection-1',
  'region-fielddetection-1',
  'linkage-videoloss-1',
  'linkage-IO-1',
  'stream',
];

test('a healthy camera: everything in order, no problem, few requests and none that writes', async (t) => {
  const { device, doctor } = await bench(t, wellConfigured());
  const checks = await doctor();
  assert.deepEqual(
    checks.map(({ id }) => id),
    HEALTHY,
  );
  assert.deepEqual(withResult(checks, 'problem'), []);
  // What the device does not say, and what only its owner knows to be wanted.
  assert.deepEqual(withResult(checks, 'unknown'), [
    'enabled-tamper-1',
    'linkage-videoloss-1',
    'linkage-IO-1',
  ]);
  assert.ok(device.requests.length <= 20, `${device.requests.length} requests`);
  const writes = device.requests.filter(({ method }) => method !== 'GET');
  assert.deepEqual(
    writes.map(({ method, target }) => `${method} ${target}`),
    ['POST /ISAPI/Event/notification/httpHosts/1/test'],
  );
  assert.equal(device.login.wrong, 0);
  assert.equal(textOf(checks, 'firmware'), 'SIM-2CD, firmware V5.7.0 build 261122.');
  assert.match(textOf(checks, 'login'), /Digest/);
});

interface Expected {
  readonly problems: readonly string[];
  readonly text: RegExp;
  readonly fix?: Check['fix'];
  /** Most requests, where nothing further is to be asked. */
  readonly requests?: number;
  readonly wrong?: number;
}

/** By hand, from what each is said to be noticed by; the text is that of the first problem. */
const EXPECTED: Readonly<Record<keyof typeof MISCONFIGURATIONS, Expected>> = {
  wrongPassword: { problems: ['login'], text: /refuses user name or password/, requests: 2, wrong: 1 },
  lockedAccount: { problems: ['lock'], text: /locked for 30 minutes/, requests: 2 },
  basicLogin: { problems: ['login'], text: /Basic/, requests: 1 },
  readOnlyUser: { problems: ['rights'], text: /not change/ },
  guestUser: { problems: ['rights'], text: /may not read/ },
  notActivated: { problems: ['activated'], text: /no password yet/, requests: 1 },
  clockAhead: { problems: ['clock'], text: /7 hours fast/ },
  clockBehind: { problems: ['clock'], text: /7 minutes slow/ },
  clockUnset: { problems: ['clock'], text: /never set/ },
  noEntry: { problems: ['entry'], text: /does not push to the listener/, fix: 'apply' },
  wrongPort: { problems: ['entry'], text: /: port 8090 instead of 8089\./, fix: 'apply' },
  wrongPath: { problems: ['entry'], text: /: another path\./, fix: 'apply' },
  oldSecret: { problems: ['entry'], text: /: an old secret/, fix: 'apply' },
  wrongProtocol: { problems: ['entry'], text: /: protocol HTTPS instead of HTTP\./, fix: 'apply' },
  wrongAddress: {
    problems: ['entry'],
    text: /: address 198\.51\.100\.99 instead of 198\.51\.100\.10\./,
    fix: 'apply',
  },
  querystring: { problems: ['entry'], text: /: format querystring instead of XML\./, fix: 'apply' },
  wrongAuthentication: {
    problems: ['entry'],
    text: /: kind of login MD5digest instead of none\./,
    fix: 'apply',
  },
  allSlotsTaken: { problems: ['entry'], text: /no place left.*203\.0\.113\.31:8000, 203\.0\.113\.32:443/ },
  noListening: { problems: ['capabilities'], text: /cannot push at all/ },
  cannotReachUs: { problems: ['listener-reached'], text: /does not reach the listener/ },
  motionNotLinked: {
    problems: ['linkage-VMD-1'],
    text: /^Motion \(VMD\), channel 1: is not sent/,
    fix: 'linkage',
  },
  lineNotLinked: { problems: ['linkage-linedetection-1'], text: /is not sent/, fix: 'linkage' },
  detectorDisabled: { problems: ['enabled-VMD-1'], text: /is off/ },
  scheduleEmpty: { problems: ['schedule-VMD-1'], text: /never armed/ },
  scheduleZero: { problems: ['schedule-VMD-1'], text: /never armed/ },
  regionEmpty: { problems: ['region-VMD-1'], text: /looks nowhere/ },
  streamRefused: { problems: ['stream'], text: /no alert stream/ },
  streamSilent: { problems: ['stream'], text: /stays silent/ },
  portClosed: { problems: ['reachable'], text: /Nothing takes connections at 127\.0\.0\.1, port \d+/ },
  httpsOnly: { problems: ['protocol'], text: /try HTTPS/ },
  redirectToHttps: { problems: ['protocol'], text: /choose HTTPS/, requests: 1 },
  anotherServer: { problems: ['isapi'], text: /Something else than ISAPI/, requests: 1 },
};

for (const [name, { behaviour, notice }] of Object.entries(MISCONFIGURATIONS)) {
  const expected = EXPECTED[name as keyof typeof MISCONFIGURATIONS];
  test(`${name}: ${notice}`, async (t) => {
    const { device, clock, doctor } = await bench(t, behaviour);
    const running = doctor();
    if (name === 'streamSilent') await silence(clock);
    const checks = await running;
    assert.deepEqual(withResult(checks, 'problem'), expected.problems);
    const [first] = checks.filter(({ result }) => result === 'problem');
    assert.match(first?.text ?? '', expected.text);
    assert.equal(first?.fix, expected.fix);
    assert.equal(device.login.wrong, expected.wrong ?? 0);
    assert.ok(device.requests.length <= (expected.requests ?? 20), `${device.requests.length} requests`);
    // Nothing is told behind a door that is shut.
    if (expected.requests !== undefined) assert.ok(!checks.some(({ id }) => id === 'clock'));
    assert.deepEqual(
      checks.map(({ id }) => id).filter((id) => HEALTHY.includes(id)),
      HEALTHY.filter((id) => checks.some((check) => check.id === id)),
      'in order',
    );
  });
}

/** Lets the time pass that the stream is listened to, as soon as it is. */
async function silence(clock: ManualClock): Promise<void> {
  while (clock.next !== 15_000) await new Promise(setImmediate);
  clock.pass(15_000);
}

for (const [name, generation] of Object.entries(GENERATIONS)) {
  test(`${name}: as it left the factory it has no entry, and nothing else is held against it`, async (t) => {
    const { doctor, device } = await bench(t, generation);
    const checks = await doctor();
    const linked = 'triggers' in generation ? [] : ['linkage-linedetection-1', 'linkage-fielddetection-1'];
    assert.deepEqual(withResult(checks, 'problem'), ['entry', ...linked]);
    assert.match(textOf(checks, 'entry'), /let apply enter it/);
    assert.ok(device.requests.length <= 25, `${device.requests.length} requests`);
  });
}

test('without a listener nothing is said of one', async (t) => {
  const { doctor } = await bench(t, wellConfigured());
  const checks = await doctor({ target: undefined });
  assert.deepEqual(
    checks.map(({ id }) => id),
    HEALTHY.filter((id) => id !== 'entry' && id !== 'listener-reached'),
  );
});

test('our own stream is not disturbed, and what is known of it is told', async (t) => {
  const { device, doctor } = await bench(t, { ...wellConfigured(), ...FAULTS.streamRefused });
  for (const [streamState, result] of [
    ['online', 'ok'],
    ['connecting', 'unknown'],
    ['stale', 'problem'],
    ['offline', 'problem'],
    ['auth-failed', 'problem'],
  ] as const) {
    const checks = await doctor({ streamState });
    assert.equal(checks.at(-1)?.id, 'stream');
    assert.equal(checks.at(-1)?.result, result);
  }
  assert.ok(!device.requests.some(({ target }) => target === STREAM));
  assert.equal((await doctor({ streamState: 'closed' })).at(-1)?.result, 'problem');
});

test('a device without a stream, as one that only pushes, is not held to have one', async (t) => {
  const answer = { kind: 'bare', status: 404 } as const;
  const { doctor } = await bench(t, {
    ...wellConfigured(),
    scripts: [{ on: `GET ${STREAM}`, answer }],
  });
  const checks = await doctor();
  assert.deepEqual(withResult(checks, 'problem'), []);
  assert.match(textOf(checks, 'stream'), /has no alert stream/);
});

test('the events that were named are all that is looked at, and have to be there', async (t) => {
  const { doctor } = await bench(t, wellConfigured());
  const checks = await doctor({ events: ['vmd', 'IO', 'facedetection'] });
  const ids = checks.map(({ id }) => id);
  assert.ok(!ids.includes('linkage-tamper-1'));
  assert.deepEqual(withResult(checks, 'problem'), ['linkage-facedetection', 'linkage-IO-1']);
});

test('many events of a recorder: the settings of some are read, all schedules at once', async (t) => {
  const triggers = Array.from({ length: 40 }, (_, at) => ({
    id: `VMD-${at + 1}`,
    eventType: 'VMD',
    methods: ['center'],
  }));
  const { device, doctor } = await bench(t, { ...wellConfigured(), triggers });
  const checks = await doctor({ limits: { doctorDetectors: 3 } });
  assert.equal(checks.filter(({ id }) => id.startsWith('linkage-')).length, 40);
  const asked = device.requests.filter(({ target }) => /motionDetection/.test(target));
  assert.ok(asked.length <= 6, `${asked.length} requests`);
});

test('a schedule that is known under its other name alone is found', async (t) => {
  const list = {
    on: 'GET /ISAPI/Event/schedules/*',
    answer: { kind: 'refusal', word: 'badXmlContent' },
  } as const;
  for (const scheduleIds of ['video', 'channel'] as const) {
    const line = { enabled: true, drawn: true, schedule: 'empty' } as const;
    const { doctor } = await bench(t, {
      ...wellConfigured(),
      scripts: [list],
      scheduleIds,
      detectors: { line },
    });
    assert.deepEqual(withResult(await doctor(), 'problem'), ['schedule-linedetection-1']);
  }
});

test('what nobody wants is no problem: off and not sent', async (t) => {
  const off = { enabled: false, drawn: false, schedule: 'empty' } as const;
  const { doctor } = await bench(t, { configured: wellConfigured().configured, detectors: { line: off } });
  const checks = await doctor();
  assert.deepEqual(withResult(checks, 'problem'), []);
  assert.match(textOf(checks, 'linkage-linedetection-1'), /is off and not sent/);
});

test('the listener of others, and a device that cannot do what the listener wants', async (t) => {
  const configured = cameraHosts([{ address: '203.0.113.31', port: 8000, url: '/token-of-others' }]);
  const others = await bench(t, { ...wellConfigured(), configured });
  const text = textOf(await others.doctor(), 'entry');
  assert.match(text, /203\.0\.113\.31:8000/);
  assert.doesNotMatch(text, /token/);
  const { doctor } = await bench(t, { ...wellConfigured(), limits: { protocols: ['HTTP'] } });
  const checks = await doctor({ target: { ...OUR_LISTENER, tls: true } });
  assert.deepEqual(withResult(checks, 'problem'), ['capabilities']);
});

test('no test of its own, or one that does not work, is no problem', async (t) => {
  for (const fault of [FAULTS.testError, FAULTS.testForbidden]) {
    const { doctor } = await bench(t, behaviourOf(wellConfigured(), fault));
    const checks = await doctor();
    assert.deepEqual(withResult(checks, 'problem'), []);
    assert.ok(withResult(checks, 'unknown').includes('listener-reached'));
  }
});

test('over HTTPS: a certificate that is not trusted, and one that is taken', async (t) => {
  const certificate = selfSigned();
  const strict = await bench(t, wellConfigured(), { certificate, protocol: 'https' });
  const checks = await strict.doctor();
  assert.deepEqual(
    checks.map(({ id, result }) => `${id} ${result}`),
    ['reachable ok', 'protocol ok', 'tls problem'],
  );
  const lax = await bench(t, wellConfigured(), { certificate, protocol: 'https', verifyTls: false });
  const healthy = await lax.doctor();
  assert.deepEqual(withResult(healthy, 'problem'), []);
  assert.equal(healthy[2]?.id, 'tls');
  const basic = behaviourOf(wellConfigured(), MISCONFIGURATIONS.basicLogin.behaviour);
  const old = await bench(t, basic, { certificate, protocol: 'https', verifyTls: false });
  assert.match(textOf(await old.doctor(), 'login'), /Basic, protected by HTTPS/);
});

test('a device that never answers: bounded, and nothing more is asked', async (t) => {
  const hang = { kind: 'hang', done: false } as const;
  const { device, doctor } = await bench(t, { scripts: [{ on: '* /**', answer: hang, early: true }] });
  const checks = await doctor();
  assert.deepEqual(
    checks.map(({ id, result }) => `${id} ${result}`),
    ['reachable problem'],
  );
  assert.equal(device.requests.length, 1);
});

test('a device that answers nothing but what it is: the rest is given up when the time is over', async (t) => {
  const hang = { kind: 'hang', done: false } as const;
  const { clock, device, doctor } = await bench(t, {
    ...wellConfigured(),
    scripts: [{ on: '* /ISAPI/Event/**', answer: hang }],
  });
  const running = doctor();
  while (!device.requests.some(({ target }) => target.startsWith('/ISAPI/Event/')))
    await new Promise(setImmediate);
  clock.pass(45_000);
  const checks = await running;
  assert.deepEqual(withResult(checks, 'problem'), []);
  for (const id of ['capabilities', 'entry', 'listener-reached', 'linkage', 'stream'])
    assert.ok(withResult(checks, 'unknown').includes(id), id);
});

test('it is given up when its signal says so, and throws nothing else', async (t) => {
  const { device, doctor } = await bench(t, {
    scripts: [{ on: '* /ISAPI/Event/**', answer: { kind: 'hang', done: false } }],
  });
  const call = new AbortController();
  const running = doctor({ signal: call.signal });
  while (device.requests.length < 4) await new Promise(setImmediate);
  call.abort(new Error('enough'));
  await assert.rejects(running, /enough/);
  await assert.rejects(doctor({ signal: call.signal }), /enough/);
});

test('whatever goes wrong with httpHosts and triggers, the doctor says something and nothing throws', async (t) => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    const { doctor, device } = await bench(t, behaviourOf(wellConfigured(), fault));
    const checks = await doctor();
    assert.equal(checks.at(-1)?.id, 'stream', name);
    assert.equal(device.login.wrong, 0, name);
  }
});

test('the login changes in the middle: it stops', async (t) => {
  const { device, doctor } = await bench(t, wellConfigured());
  const { requests, behaviour } = device;
  const push = requests.push.bind(requests);
  requests.push = (...received) => {
    if (received.some(({ target }) => target.endsWith('/httpHosts'))) behaviour.login = { password: 'New-1' };
    return push(...received);
  };
  const checks = await doctor();
  assert.deepEqual(withResult(checks, 'problem'), ['login']);
  // The known login, and one try with a fresh challenge.
  assert.equal(device.login.wrong, 2);
});
