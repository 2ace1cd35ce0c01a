import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Linkage } from '../../src/configure/linkage.js';
import { AlarmError } from '../../src/errors.js';
import type { ScriptedAnswer } from '../../src/simulator/configurable/scripts.js';
import { linkage } from './linkage-support.js';

const IDS = ['VMD-1', 'tamper-1', 'videoloss-1', 'IO-1'];
const ALL_ARMED = IDS.map((id) => ({ id, eventType: id.replace('-1', ''), methods: ['center'] }));
const on = (id: string, answer: ScriptedAnswer) => [
  { on: `PUT /ISAPI/Event/triggers/${id}`, answer },
  { on: `PUT /ISAPI/Event/triggers/${id}/notifications`, answer },
];

test('one that cannot be changed does not keep the others from it, and is named in the end', async (t) => {
  const scripts = on('tamper-1', { kind: 'refusal', word: 'notSupport' });
  const { change, centers, memory } = await linkage(t, { triggers: ALL_ARMED, scripts });
  await assert.rejects(change(false), {
    code: 'CONFIG_REFUSED',
    message: /\(tamper-1: status 403, 4 notSupport\)/,
  });
  assert.deepEqual(await centers(), ['tamper-1']);
  assert.deepEqual(memory.ids, ['VMD-1', 'videoloss-1', 'IO-1']);
  assert.deepEqual((await change(true)).changed, ['VMD-1', 'videoloss-1', 'IO-1']);
  assert.deepEqual(await centers(), IDS);
});

test('one that is refused and one that is not stored are told in one error', async (t) => {
  const scripts = [
    ...on('tamper-1', { kind: 'refusal', word: 'notSupport' }),
    ...on('VMD-1', { kind: 'refusal', word: 'ok' }),
  ];
  const { change, centers } = await linkage(t, { triggers: ALL_ARMED, scripts });
  await assert.rejects(change(false), {
    code: 'CONFIG_REFUSED',
    message: /\(tamper-1: status 403, 4 notSupport, VMD-1: not stored\)/,
  });
  assert.deepEqual(await centers(), ['VMD-1', 'tamper-1']);
});

test('of many that fail, as many are named as people read', async (t) => {
  const triggers = Array.from({ length: 60 }, (_, at) => ({
    id: `linedetection-${at + 1}`,
    eventType: 'linedetection',
    channel: at + 1,
    methods: ['center'],
  }));
  const scripts = [
    { on: 'PUT /ISAPI/Event/triggers/**', answer: { kind: 'refusal', word: 'notSupport' } as const },
  ];
  const { change, memory } = await linkage(t, { triggers, scripts });
  await assert.rejects(change(false), ({ message }: Error) => {
    assert.match(message, /\(linedetection-1: status 403, 4 notSupport, .*, and \d+ more\)$/);
    return message.length < 300;
  });
  assert.deepEqual(memory.ids, []);
  const names = Array.from({ length: 60 }, (_, at) => `tripwire-${at}`);
  await assert.rejects(change(false, ...names), {
    code: 'CONFIG_EVENT_UNKNOWN',
    message: /\(tripwire-0, .*, and \d+ more\)$/,
  });
});

test('of two refusals the first is told, which is about what was asked', async (t) => {
  const scripts = [
    { on: 'PUT /ISAPI/Event/triggers/*', answer: { kind: 'refusal', word: 'notSupport' } as const },
    { on: 'PUT /ISAPI/Event/triggers/**', answer: { kind: 'refusal', word: 'badXmlContent' } as const },
  ];
  const { change } = await linkage(t, { scripts });
  await assert.rejects(change(true, 'IO'), {
    code: 'CONFIG_REFUSED',
    message: /IO-1: status 403, 4 notSupport/,
  });
});

test('an answer that breaks off: what the device has then counts, and the next one is written', async (t) => {
  const { client, memory, centers } = await linkage(t, { triggers: ALL_ARMED });
  const request: typeof client.request = async (asked) => {
    const answer = await client.request(asked);
    if (asked.method === 'PUT' && asked.path.endsWith('/tamper-1'))
      throw new AlarmError('DEVICE_ANSWER_BROKEN');
    return answer;
  };
  const broken = new Linkage({
    client: { request, generalLimits: client.generalLimits },
    device: 'camera',
    memory,
  });
  assert.deepEqual((await broken.change({ center: false, events: [] })).changed, IDS);
  assert.deepEqual(await centers(), []);
  assert.deepEqual(memory.ids, IDS);
});

for (const [what, answer, code] of [
  ['no answer', { kind: 'hang', done: true }, 'DEVICE_TIMEOUT'],
  ['no right to it', { kind: 'refusal', word: 'lowPrivilege' }, 'DEVICE_FORBIDDEN'],
] as const) {
  test(`${what}: it stops there, and what may be disarmed is remembered`, async (t) => {
    const { change, centers, memory, writes, device } = await linkage(t, {
      triggers: ALL_ARMED,
      scripts: on('tamper-1', answer),
    });
    await assert.rejects(change(false), { code });
    assert.equal(writes().length, 2);
    assert.deepEqual(memory.ids, ['VMD-1', 'tamper-1']);
    device.behaviour.scripts = [];
    await change(true);
    assert.deepEqual(await centers(), IDS);
    assert.deepEqual(memory.ids, []);
  });
}

test('a login that is refused in the middle: one try, and no further trigger', async (t) => {
  const { change, memory, device, writes } = await linkage(t, { triggers: ALL_ARMED });
  const save = memory.save.bind(memory);
  memory.save = (name, disarmed) => {
    device.behaviour.login = { password: 'another' };
    return save(name, disarmed);
  };
  await assert.rejects(change(false), { code: 'DEVICE_LOGIN_REFUSED' });
  assert.ok(writes().every(({ target }) => target.endsWith('/VMD-1')));
  assert.deepEqual(memory.ids, ['VMD-1']);
});

test('given up in the middle: what was disarmed until then is remembered', async (t) => {
  const { make, memory, device, centers } = await linkage(t, {
    triggers: ALL_ARMED,
    scripts: on('tamper-1', { kind: 'hang', done: false }),
  });
  const stop = new AbortController();
  const reason = new Error('closed');
  const changing = make(stop.signal).change({ center: false, events: [] });
  while (!device.requests.some(({ target }) => target.endsWith('tamper-1')))
    await new Promise((resolve) => setTimeout(resolve, 5));
  // As a kill leaves it: nothing more is written down from here on.
  assert.deepEqual(memory.ids, IDS);
  stop.abort(reason);
  await assert.rejects(changing, reason);
  assert.deepEqual(memory.ids, ['VMD-1', 'tamper-1']);
  assert.deepEqual(await centers(), ['tamper-1', 'videoloss-1', 'IO-1']);
});

test('killed in the middle of a disarm: what is armed again is what was disarmed', async (t) => {
  const { change, memory, documents, store } = await linkage(t, { triggers: ALL_ARMED });
  const before = documents();
  await change(false);
  const all = memory.disarmed;
  // Two of four were not written any more.
  for (const id of ['videoloss-1', 'IO-1']) await store(id, () => before[id] ?? '');
  memory.disarmed = all;
  assert.deepEqual((await change(true)).changed, ['VMD-1', 'tamper-1']);
  assert.deepEqual(documents(), before);
  assert.deepEqual(memory.ids, []);
});

test('what cannot be remembered is not disarmed', async (t) => {
  const { change, memory, writes } = await linkage(t);
  memory.save = () => Promise.reject(new Error('no space left'));
  await assert.rejects(change(false), /no space left/);
  assert.deepEqual(writes(), []);
});
