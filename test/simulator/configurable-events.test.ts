import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { type Behaviour, behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { recorderTriggers } from '../../src/simulator/configurable/events-behaviour.js';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import { parseXml } from '../../src/wire/xml.js';
import { deviceWith, statusOf } from './isapi-client.js';

const OPEN = { login: undefined } as const;
const TRIGGERS = '/ISAPI/Event/triggers';
const IDS = ['VMD-1', 'tamper-1', 'linedetection-1', 'fielddetection-1', 'videoloss-1', 'IO-1'];
const CENTER =
  '<EventTriggerNotification><id>center</id><notificationMethod>center</notificationMethod></EventTriggerNotification>';

for (const [name, generation] of Object.entries<Partial<Behaviour>>(GENERATIONS)) {
  if ('triggers' in generation) continue;
  test(`${name}: its triggers are well-formed, and come back byte by byte`, async (t) => {
    const { device, call } = await deviceWith(t, behaviourOf(generation, OPEN));
    const { body, text } = await call('GET', TRIGGERS);
    assert.deepEqual(
      [...text.matchAll(/<id>([\w-]+-1)<\/id>\n<eventType>/g)].map(([, id]) => id),
      IDS,
    );
    const { root, content } = parseXml(body, LIMITS);
    const isWrapped = generation === GENERATIONS.renderingCamera;
    assert.equal(root, isWrapped ? 'EventNotification' : 'EventTriggerList');
    assert.equal('EventTriggerList' in content, isWrapped);
    for (const id of IDS) {
      const before = (await call('GET', `${TRIGGERS}/${id}`)).body;
      assert.deepEqual(before, device.triggers.get(id));
      parseXml(before, LIMITS);
      assert.equal(statusOf(await call('PUT', `${TRIGGERS}/${id}`, before)), '1/ok');
      const notifications = (await call('GET', `${TRIGGERS}/${id}/notifications`)).body;
      assert.equal(statusOf(await call('PUT', `${TRIGGERS}/${id}/notifications`, notifications)), '1/ok');
      assert.deepEqual(device.triggers.get(id), before);
    }
    assert.deepEqual((await call('GET', TRIGGERS)).body, body);
  });
}

test('cameras begin with an empty line, recorders do not and repeat their namespace', async (t) => {
  const list = async (generation: Partial<Behaviour>) =>
    (await (await deviceWith(t, behaviourOf(generation, OPEN))).call('GET', TRIGGERS)).text;
  assert.match(await list(GENERATIONS.camera), /^\n<\?xml/);
  const recorder = await list(GENERATIONS.recorder);
  assert.match(recorder, /^<\?xml/);
  assert.match(recorder, /<EventTrigger version="2.0" xmlns=/);
  assert.doesNotMatch(recorder, /notificationRecurrence/);
});

test('presence is the switch: notifications are replaced, and the rest of the trigger stays', async (t) => {
  const { device, call } = await deviceWith(t, OPEN);
  const text = () => String(device.triggers.get('VMD-1'));
  const before = text();
  const path = `${TRIGGERS}/VMD-1/notifications`;
  const list = (inside: string) => `<EventTriggerNotificationList>${inside}</EventTriggerNotificationList>`;
  assert.equal(statusOf(await call('PUT', path, '<EventTriggerNotificationList/>')), '1/ok');
  assert.equal(text(), before.replace(/(NotificationList>)[\s\S]*(<\/EventTriggerN)/, '$1$2'));
  assert.equal(statusOf(await call('PUT', path, list(CENTER))), '1/ok');
  assert.ok(text().includes(list(CENTER)));
  const nameless = list('<EventTriggerNotification><id>center</id></EventTriggerNotification>');
  assert.equal(statusOf(await call('PUT', path, nameless)), '6/badXmlContent');
  assert.equal(statusOf(await call('PUT', path, '<EventTriggerNotificationList>')), '5/badXmlFormat');
  assert.ok(text().includes(list(CENTER)));
  device.factoryReset();
  assert.equal(text(), before);
});

test('a trigger that is deleted is gone until it is written; one that never was is 503', async (t) => {
  const { device, call } = await deviceWith(t, OPEN);
  const before = device.triggers.get('IO-1');
  assert.equal(statusOf(await call('DELETE', `${TRIGGERS}/IO-1`)), '1/ok');
  const gone = await call('GET', `${TRIGGERS}/IO-1`);
  assert.deepEqual([gone.status, statusOf(gone)], [503, '2/deviceBusy']);
  assert.equal(statusOf(await call('PUT', `${TRIGGERS}/IO-1`, before)), '1/ok');
  assert.deepEqual(device.triggers.get('IO-1'), before);
  assert.equal(statusOf(await call('PUT', `${TRIGGERS}/IO-2`, before)), '2/deviceBusy');
  const other = await deviceWith(t, behaviourOf(FAULTS.missingTriggerSaid, OPEN));
  assert.equal(statusOf(await other.call('GET', `${TRIGGERS}/PIR`)), '4/invalidID');
});

test('triggers that cannot be listed, or not be written', async (t) => {
  const ask = async (fault: keyof typeof FAULTS, method: string, path: string) => {
    const { device, call } = await deviceWith(t, behaviourOf(FAULTS[fault], OPEN));
    return (await call(method, TRIGGERS + path, method === 'PUT' ? device.triggers.get('VMD-1') : undefined))
      .status;
  };
  assert.equal(await ask('triggerListFails', 'GET', ''), 500);
  assert.equal(await ask('triggerListFails', 'GET', '/VMD-1'), 200);
  assert.equal(await ask('triggerPutRefused', 'PUT', '/VMD-1'), 403);
  assert.equal(await ask('triggerPutRefused', 'GET', '/VMD-1'), 200);
  assert.equal(await ask('notificationsRefused', 'GET', '/VMD-1/notifications'), 403);
  assert.equal(await ask('notificationsRefused', 'PUT', '/VMD-1'), 200);
  const { device, call } = await deviceWith(t, behaviourOf(FAULTS.storesNothing, OPEN));
  const before = device.triggers.get('VMD-1');
  const path = `${TRIGGERS}/VMD-1/notifications`;
  assert.equal(statusOf(await call('PUT', path, '<EventTriggerNotificationList/>')), '1/ok');
  assert.deepEqual(device.triggers.get('VMD-1'), before);
});

test('detectors and their weeks are documents that are kept as they came', async (t) => {
  const { device, call } = await deviceWith(t, OPEN);
  for (const path of [
    '/ISAPI/System/Video/inputs/channels/1/motionDetection',
    '/ISAPI/Smart/LineDetection/1',
    '/ISAPI/Smart/FieldDetection/1',
    '/ISAPI/Event/schedules/motionDetections/VMD_video1',
    '/ISAPI/Event/schedules/lineDetections/linedetection_video1',
  ]) {
    const before = await call('GET', path);
    parseXml(before.body, LIMITS);
    const changed = before.text.replace('<enabled>true', '<enabled>false').replace('24:00', '12:00');
    assert.notEqual(changed, before.text);
    assert.equal(statusOf(await call('PUT', path, changed)), '1/ok');
    assert.equal((await call('GET', path)).text, changed);
    assert.equal(statusOf(await call('PUT', path, '<Other><a>1</a></Other>')), '6/badXmlContent');
    device.factoryReset();
    assert.equal((await call('GET', path)).text, before.text);
  }
  const all = await call('GET', '/ISAPI/Event/schedules/motionDetections');
  assert.equal(parseXml(all.body, LIMITS).root, 'ScheduleList');
  const none = await call('GET', '/ISAPI/Event/schedules/lineDetections/lineDetection-1');
  assert.equal(statusOf(none), '6/badXmlContent');
});

test('a recorder that does not know how often a notification is repeated refuses that', async (t) => {
  const { device, call } = await deviceWith(t, behaviourOf(FAULTS.recurrenceRefused, OPEN));
  const before = device.triggers.get('VMD-1');
  assert.equal(statusOf(await call('PUT', `${TRIGGERS}/VMD-1`, before)), '6/badXmlContent');
  const plain = String(before).replaceAll(/<notificationRecurrence>.*\n/g, '');
  assert.equal(statusOf(await call('PUT', `${TRIGGERS}/VMD-1`, plain)), '1/ok');
  const path = `${TRIGGERS}/VMD-1/notifications`;
  const notifications = /<EventTriggerNotificationList>[\s\S]*List>/.exec(String(before))?.[0];
  assert.equal(statusOf(await call('PUT', path, notifications)), '6/badXmlContent');
  assert.equal(device.triggers.get('VMD-1')?.toString(), plain);
});

test('a recorder of several channels has each event on each of them', async (t) => {
  const { device, call } = await deviceWith(t, behaviourOf({ triggers: recorderTriggers(3) }, OPEN));
  assert.equal(device.triggers.size, 30);
  const { text } = await call('GET', `${TRIGGERS}/VMD-3`);
  assert.match(text, /<videoInputChannelID>3<[\s\S]*<id>record-3<[\s\S]*<videoInputID>3</);
});
