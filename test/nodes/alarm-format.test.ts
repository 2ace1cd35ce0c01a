import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { NodeAPI } from 'node-red';
import { registerFormatAdmin } from '../../nodes/lib/format-admin.js';
import { SYSTEM_CLOCK } from '../../src/index.js';
import { alarmEvent, attachment, film, jpeg } from '../support/alarms.js';
import { type Flow, flowNode, type Received, startFlow } from '../support/flow.js';

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

/** A message as it comes out: an alarm's properties, and those of a target. */
type Sent = Omit<Received, 'payload'> & { readonly payload: unknown; readonly _msgid: string } & Record<
    string,
    unknown
  >;

async function start(properties: object, settings: object = {}): Promise<Flow> {
  flow = await startFlow(
    [
      flowNode('format', 'alarm-format', { ...properties, wires: [['out']] }),
      flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
      flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
      flowNode('complete1', 'complete', { scope: ['format'], wires: [['done']] }),
      ...['out', 'errors', 'statuses', 'done'].map((id) => flowNode(id, 'helper')),
    ],
    {},
    undefined,
    { cameraAlarms: settings },
  );
  return flow;
}

const alarm = (more: object = {}) => ({
  _msgid: 'alarm-1',
  topic: 'isapi/00-00-5e-00-53-01/1/line-crossing',
  payload: alarmEvent(),
  attachments: [attachment(1), film(2)],
  filename: 'scene-1.jpg',
  ...more,
});

const take = async (running: Flow) => (await running.at('out').take()) as unknown as Sent;

describe('alarm-format', () => {
  it('turns the message that came into a mail, and keeps the rest of it', async () => {
    const running = await start({});
    running.give('format', alarm({ mine: 7, raw: Buffer.from('raw') }));
    const message = await take(running);
    assert.equal(message._msgid, 'alarm-1');
    assert.equal(message.topic, 'Line crossing: Gate');
    assert.equal(message['mine'], 7);
    assert.match(String(message.payload), /^<!DOCTYPE html>/);
    assert.equal(message['plaintext'], alarmEvent().text);
    assert.deepEqual(message.attachments[0]?.content, jpeg(1));
    for (const name of ['raw', 'to', 'headers', 'priority']) assert.equal(name in message, false, name);
    await running.at('done').take();
    assert.match((await running.at('statuses').take()).status?.text ?? '', /status\.sent/);
  });

  it('gives the message that came its id again on the last one, and others new ones', async () => {
    const running = await start({ target: 'mqtt' });
    running.give('format', alarm({ qos: 2, retain: true }));
    const messages = [await take(running), await take(running), await take(running)];
    const topic = 'alarms/isapi/00-00-5e-00-53-01/1/line-crossing';
    assert.deepEqual(
      messages.map((message) => message.topic),
      [`${topic}/picture/1`, `${topic}/film/2`, topic],
    );
    const ids = messages.map((message) => message._msgid);
    assert.equal(ids.at(-1), 'alarm-1');
    assert.equal(new Set(ids).size, 3);
    for (const message of messages)
      for (const name of ['attachments', 'filename', 'qos', 'retain'])
        assert.equal(name in message, false, name);
  });

  it('gives back the alarm that was sent with its pictures inside', async () => {
    const original = alarm();
    const running = await start({ target: 'mqtt', pictures: 'inside' });
    running.give('format', alarm());
    const { payload } = await take(running);
    await running.stop();
    const other = await start({ target: 'alarm' });
    other.give('format', { _msgid: 'other', topic: 'alarms/x', payload, qos: 1, retain: false });
    assert.deepEqual({ ...(await take(other)) }, { ...original, _msgid: 'other' });
  });

  it('tells Catch nodes of what is no alarm, with a code, and sends nothing', async () => {
    for (const target of ['email', 'telegram', 'mqtt', 'homeassistant', 'alarm']) {
      const running = await start({ target, chatId: '1' });
      running.give('format', { payload: 'hello' });
      const { error } = await running.at('errors').take();
      assert.equal(error?.code, 'NOT_AN_ALARM', target);
      assert.equal(running.at('out').size, 0);
      assert.match((await running.at('statuses').take()).status?.text ?? '', /error\.NOT_AN_ALARM/);
      await running.stop();
    }
    flow = undefined;
  });

  it('says that a chat is missing', async () => {
    const running = await start({ target: 'telegram' });
    running.give('format', alarm());
    assert.equal((await running.at('errors').take()).error?.code, 'CHAT_MISSING');
  });

  it('loses no alarm for a mistake in its template, and warns of it', async () => {
    const running = await start({ subject: '{{#kind}}', template: 'mine {{title}}' });
    running.give('format', alarm());
    const message = await take(running);
    assert.deepEqual(
      [message.topic, message['plaintext']],
      ['Line crossing: Gate', 'mine Line crossing: Gate'],
    );
    assert.match((await running.at('statuses').take()).status?.text ?? '', /error\.TEMPLATE_INVALID/);
    running.give('format', alarm());
    await take(running);
    const warnings = running.log().filter((line) => line.startsWith('TEMPLATE_INVALID'));
    assert.deepEqual(warnings, ['TEMPLATE_INVALID: the template has a mistake (10)']);
  });

  it('takes its limits from settings.js', async () => {
    const running = await start({ target: 'telegram', chatId: '1' }, { limits: { telegramCaption: 20 } });
    running.give('format', alarm({ attachments: [attachment(1)] }));
    assert.equal(((await take(running)).payload as { caption: string }).caption, 'Line crossing –…');
  });

  it('sends the end of a moment to Home Assistant by itself', async () => {
    const running = await start({ target: 'homeassistant' }, { limits: { pulseMs: 30 } });
    running.give('format', alarm({ payload: alarmEvent({ state: 'pulse' }), attachments: [] }));
    let message = await take(running);
    while (message.payload !== 'OFF') message = await take(running);
    assert.match(message.topic, /line-crossing\/state$/);
    assert.equal(message['retain'], true);
    assert.notEqual(message._msgid, 'alarm-1');
  });

  it('calls off the ends of moments when it is closed', async (t) => {
    let waiting = 0;
    t.mock.method(SYSTEM_CLOCK, 'after', () => {
      waiting++;
      return () => waiting--;
    });
    const running = await start({ target: 'homeassistant' });
    running.give('format', alarm({ payload: alarmEvent({ state: 'pulse' }) }));
    await running.at('done').take();
    assert.equal(waiting, 1);
    await running.stop();
    flow = undefined;
    assert.equal(waiting, 0);
  });

  it('says nothing of a sign of life to Home Assistant, and is done with it', async () => {
    const running = await start({ target: 'homeassistant' });
    const payload = { event: 'heartbeat', device: { id: 'x' }, since: '2026-11-22T07:15:31.204Z' };
    running.give('format', { topic: 'isapi/x/state', payload });
    await running.at('done').take();
    assert.equal(running.at('out').size, 0);
  });
});

describe('the preview of alarm-format', () => {
  type Handler = (request: object, response: object) => void;

  /** Asks the route as the dialog does. */
  function ask(body: unknown, length = 100): Record<string, unknown> {
    const permissions: string[] = [];
    let handler: Handler = () => undefined;
    const RED = {
      auth: { needsPermission: (name: string) => permissions.push(name) },
      httpAdmin: { post: (_path: string, _permission: unknown, each: Handler) => (handler = each) },
      settings: {},
      log: { warn: assert.fail },
      _: () => 'pl',
    };
    registerFormatAdmin(RED as unknown as NodeAPI);
    assert.deepEqual(permissions, ['camera-alarms.write']);
    let answer: Record<string, unknown> = {};
    const json = (value: Record<string, unknown>) => (answer = value);
    handler({ headers: { 'content-length': String(length) }, body }, { json });
    return answer;
  }

  it('is in the language that was chosen, else in that of Node-RED', () => {
    assert.equal(ask({})['title'], 'Przekroczenie linii: Gate');
    assert.equal(ask({ language: 'fr' })['title'], 'Franchissement de ligne: Gate');
  });

  it('shows own words, and what is wrong with them', () => {
    assert.equal(ask({ template: '{{device.name}} & <co>' })['text'], 'Gate & <co>');
    const { ok, title, problem } = ask({ subject: '{{#open}}' });
    assert.deepEqual([ok, title], [true, 'Przekroczenie linii: Gate']);
    assert.deepEqual(problem, {
      ok: false,
      code: 'TEMPLATE_INVALID',
      message: 'the template has a mistake (10)',
      detail: '(10)',
    });
  });

  it('refuses what is too long, and anything that is no form', () => {
    assert.equal(ask({ template: 'x' }, 1_000_000)['ok'], false);
    for (const body of [undefined, null, 'x', { subject: {} }, { language: '__proto__' }])
      assert.equal(ask(body)['ok'], true, JSON.stringify(body));
  });
});
