import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { type Behaviour, behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import { parseJson } from '../../src/wire/json.js';
import { parseXml } from '../../src/wire/xml.js';
import { deviceWith, HOSTS, statusOf } from './isapi-client.js';

const OPEN = { login: undefined } as const;
const JSON_HOSTS = `${HOSTS}?format=json`;

for (const [name, generation] of Object.entries<Partial<Behaviour>>(GENERATIONS)) {
  const query = generation.format === 'json' ? '?format=json' : '';
  const isList = generation.format === 'json' || generation === GENERATIONS.growing;

  test(`${name}: its documents are well-formed`, async (t) => {
    const { device, call } = await deviceWith(t, generation);
    for (const path of [HOSTS, `${HOSTS}/capabilities`]) {
      const { status, body } = await call('GET', path + query);
      assert.equal(status, 200, path);
      if (query === '') parseXml(body, LIMITS);
      else parseJson(body, LIMITS);
    }
    for (const page of ['deviceInfo', 'time', 'capabilities']) {
      parseXml((await call('GET', `/ISAPI/System/${page}`)).body, LIMITS);
    }
    assert.equal(device.login.wrong, 0);
  });

  test(`${name}: what was read can be written back, and nothing has changed`, async (t) => {
    const { device, call } = await deviceWith(t, generation);
    const before = await call('GET', HOSTS + query);
    const written = await call('PUT', HOSTS + query, before.body);
    const isRefused = generation === GENERATIONS.strictTerminal;
    assert.equal(statusOf(written), isRefused ? '6/badXmlContent' : '1/ok');
    assert.deepEqual((await call('GET', HOSTS + query)).body, before.body);
    assert.deepEqual(device.hosts, before.body);
  });

  if (!isList) {
    test(`${name}: a slot that is written leaves every other byte, and comes back as it was`, async (t) => {
      const { device, call } = await deviceWith(t, generation);
      const before = device.hosts.toString();
      const id = generation === GENERATIONS.strictTerminal ? 2 : 1;
      const slot = (await call('GET', `${HOSTS}/${id}`)).text;
      const changed = slot
        .replace(/<ipAddress>.*</, '<ipAddress>198.51.100.10<')
        .replace(/<portNo>.*</, '<portNo>8089<')
        .replace(/<url>.*</, '<url>/secret/isapi<');
      assert.equal(statusOf(await call('PUT', `${HOSTS}/${id}`, changed)), '1/ok');
      const inside = (document: string) =>
        /<HttpHostNotification .*?>([\s\S]*)<\/H/.exec(document)?.[1] ?? '?';
      assert.equal(device.hosts.toString(), before.replace(inside(slot), inside(changed)));
      assert.notEqual(device.hosts.toString(), before);
      assert.equal(statusOf(await call('PUT', `${HOSTS}/${id}`, slot)), '1/ok');
      assert.equal(device.hosts.toString(), before);
    });
  }
}

test('JSON: its slips come back, and a list is kept as it came', async (t) => {
  const { device, call } = await deviceWith(t, behaviourOf(GENERATIONS.jsonDevice, OPEN));
  const { text } = await call('GET', JSON_HOSTS);
  assert.match(text, /"parameterFormatType ": {2}"json"/);
  assert.match(text, /"ipAddress": {2}"ipv4"/);
  assert.equal(statusOf(await call('GET', HOSTS)), '4/notSupport');
  assert.equal((await call('PUT', `${HOSTS}/1?format=json`, text)).status, 404);
  const changed = text
    .replace(':9000/alarm', ':8089/secret')
    .replace('"ipv4",', '"ipv4",\n   "password":  "x",');
  assert.equal(statusOf(await call('PUT', JSON_HOSTS, changed)), '1/ok');
  assert.equal(device.hosts.toString(), changed.replace('   "password":  "x",\n', ''));
  assert.equal(device.passwords.get('1'), 'x');
  assert.equal(statusOf(await call('PUT', JSON_HOSTS, '{"HttpHostNotification": ')), '5/badXmlFormat');
});

test('a password is kept and never shown', async (t) => {
  const { device, call } = await deviceWith(t, OPEN);
  const slot = (await call('GET', `${HOSTS}/2`)).text;
  const before = device.hosts;
  const secret = slot.replace('<httpAuth', '<password>Push-1</password>\n<httpAuth');
  assert.equal(statusOf(await call('PUT', `${HOSTS}/2`, secret)), '1/ok');
  assert.deepEqual(device.hosts, before);
  assert.equal(device.passwords.get('2'), 'Push-1');
  device.factoryReset();
  assert.equal(device.passwords.size, 0);
});

test('slots come and go where a device adds them', async (t) => {
  const { device, call } = await deviceWith(t, behaviourOf(GENERATIONS.growing, OPEN));
  const empty = device.hosts;
  const slot =
    '<HttpHostNotification><url>/x</url><ipAddress>198.51.100.10</ipAddress><portNo>8089</portNo></HttpHostNotification>';
  for (const expected of ['1/ok', '1/ok', '1/ok', '6/badParameters']) {
    assert.equal(statusOf(await call('POST', HOSTS, slot)), expected);
  }
  assert.match((await call('GET', `${HOSTS}/3`)).text, /<id>3<\/id>/);
  for (const id of [2, 1, 3]) assert.equal(statusOf(await call('DELETE', `${HOSTS}/${id}`)), '1/ok');
  assert.deepEqual(device.hosts, empty);
  assert.equal(statusOf(await call('DELETE', `${HOSTS}/3`)), '4/invalidID');
});

test('every request is noted, with its answer', async (t) => {
  const { device, call } = await deviceWith(t);
  await call('PUT', `${HOSTS}/1`, 'nothing');
  assert.deepEqual(device.requests, [
    { method: 'PUT', target: `${HOSTS}/1`, status: 401, body: 'nothing' },
    { method: 'PUT', target: `${HOSTS}/1`, status: 400, body: 'nothing' },
  ]);
  assert.deepEqual([device.login.attempts, device.login.wrong], [1, 0]);
});
