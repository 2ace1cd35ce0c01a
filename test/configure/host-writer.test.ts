import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Configurator } from '../../src/configure/configurator.js';
import { DeviceHosts } from '../../src/configure/device-hosts.js';
import { writeSlot } from '../../src/configure/host-writer.js';
import { isMade } from '../../src/configure/slot-difference.js';
import { LIMITS } from '../../src/limits.js';
import { cameraHosts } from '../../src/simulator/configurable/factory-hosts.js';
import { UNKNOWN_CAPABILITIES } from '../../src/vendors/isapi/host-capabilities.js';
import { applyChanges, changesFor, necessary } from '../../src/vendors/isapi/host-changes.js';
import { type HostSlot, HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { PATH, plainDevice, type Traits } from './plain-device.js';
import { Backups, TARGET, written } from './support.js';

type Client = ReturnType<typeof plainDevice>['client'];
const configurator = (client: Client, backups = new Backups()) =>
  new Configurator({ client, device: 'camera', owner: 'node', target: TARGET, backups });
const jsonSlot = (id: string, more = {}) => ({
  id,
  url: '/',
  protocolType: 'HTTP',
  parameterFormatType: 'JSON',
  ipAddress: '0.0.0.0',
  portNo: 80,
  ...more,
});

for (const [what, list, read] of [
  [
    'whose slots end in empty elements',
    { HttpHostNotification: [jsonSlot('1', { userName: '', password: '', extra: '' })] },
    (value: { HttpHostNotification: { ipAddress: string }[] }) => value.HttpHostNotification,
  ],
  [
    'that has a list for each slot',
    {
      HttpHostNotificationList: [
        { HttpHostNotification: jsonSlot('1', { ipAddress: '203.0.113.31' }) },
        { HttpHostNotification: jsonSlot('2') },
      ],
    },
    (value: { HttpHostNotificationList: { HttpHostNotification: { ipAddress: string } }[] }) =>
      value.HttpHostNotificationList.map(({ HttpHostNotification }) => HttpHostNotification),
  ],
] as const) {
  for (const query of ['needed', 'refused', undefined] as const) {
    test(`a JSON device ${what}, with format=json ${query ?? 'or not'}: set up in its own format`, async () => {
      const before = JSON.stringify(list, undefined, ' ');
      const { client, writes, list: after } = plainDevice({ list: before, ...(query && { query }) });
      const { slot } = await configurator(client).apply();
      const slots = (read as (value: unknown) => { ipAddress: string }[])(JSON.parse(after()));
      assert.deepEqual(
        slots.map(({ ipAddress }) => ipAddress),
        slots.length > 1 ? ['203.0.113.31', '192.0.2.10'] : ['192.0.2.10'],
      );
      assert.equal(slot, String(slots.length));
      for (const { contentType, path } of writes()) {
        assert.equal(contentType, 'application/json');
        assert.equal(path.endsWith('?format=json'), query === 'needed');
      }
    });
  }
}

for (const query of [undefined, 'refused'] as const) {
  test(`a device whose events are JSON and whose list is XML is written to in XML (${query ?? 'any query'})`, async () => {
    const capabilities =
      '<HttpHostNotificationCap><parameterFormatType opt="JSON"/></HttpHostNotificationCap>';
    const { client, writes } = plainDevice({
      list: cameraHosts().replaceAll('>XML<', '>JSON<'),
      capabilities,
      single: true,
      ...(query && { query }),
    });
    assert.equal((await configurator(client).apply()).changed, true);
    assert.deepEqual(
      writes().map(({ contentType, path }) => [contentType, path]),
      [['application/xml', `${PATH}/1${query === undefined ? '?format=json' : ''}`]],
    );
  });
}

test('capabilities are asked for in JSON too, and all events are written where they say what all is', async () => {
  const capabilities = '{"HttpHostNotificationCap":{"eventType":{"@opt":"a,b,c"}}}';
  const list = JSON.stringify({ HttpHostNotification: [jsonSlot('1', { eventType: 'a,b' })] });
  const { client, list: after } = plainDevice({ list, capabilities, query: 'needed' });
  await configurator(client).apply();
  assert.match(after(), /"eventType":"a,b,c"/);
  assert.equal((await configurator(client).plan()).difference.length, 0);
});

test('slots without numbers of their own are shown and never written', async () => {
  const free = cameraHosts();
  for (const list of [free.replace('<id>2<', '<id>1<'), free.replace('<id>1</id>\n', '')]) {
    const { client, writes } = plainDevice({ list, single: true });
    const backups = new Backups();
    const mine = configurator(client, backups);
    assert.equal((await mine.read()).remarks.length, 3);
    await assert.rejects(mine.plan(), { code: 'CONFIG_UNREADABLE', message: /places/ });
    await assert.rejects(mine.apply(), { code: 'CONFIG_UNREADABLE', message: /places/ });
    backups.all.set('camera', [written('1', Buffer.from(free))]);
    await assert.rejects(mine.restore(), { code: 'CONFIG_UNREADABLE', message: /places/ });
    assert.deepEqual(writes(), []);
  }
});

/** Writes what has to change in the first slot, with extras and without them. */
async function write(traits: Omit<Traits, 'list'>, before = cameraHosts()) {
  const there = plainDevice({ list: before, ...traits });
  const hosts = new DeviceHosts(there.client);
  const list = await hosts.read();
  const can = { ...UNKNOWN_CAPABILITIES, pictures: ['binary'], heartbeat: { least: 1, most: 60 } };
  const changes = changesFor(list.slots[0] as HostSlot, list, TARGET, can);
  const needed = necessary(changes);
  const [full, plain] = [changes, needed].map((some) => {
    const edited = new HttpHosts(Buffer.from(before), LIMITS);
    applyChanges(edited.document, edited.slots[0] as HostSlot, some);
    return edited.document.bytes();
  }) as [Buffer, Buffer];
  const isThere = (slot: HostSlot) => needed.every((change) => isMade(slot, change));
  const outcome = writeSlot(hosts, full, '1', isThere, { plain });
  return { ...there, outcome, paths: () => there.writes().map(({ path }) => path.replace(PATH, '')) };
}

test('extras are written where the device takes them', async () => {
  const { outcome, paths, list } = await write({ single: true });
  await outcome;
  assert.deepEqual(paths(), ['/1']);
  assert.match(list(), /<heartbeat>30</);
});

test('a device that refuses extras is set up without them at once, slot by slot or as a list', async () => {
  const refuses = /SubscribeEvent|uploadImages/;
  for (const [single, ways] of [
    [true, ['/1', '/1']],
    // A way that is not there is tried once.
    [false, ['/1', '', '']],
  ] as const) {
    const { outcome, paths, list } = await write({ single, refuses });
    assert.equal((await outcome).slot?.host, TARGET.host);
    assert.deepEqual(paths(), ways);
    assert.doesNotMatch(list(), refuses);
  }
});

test('a device that ignores extras is set up by the first write', async () => {
  const ignores = /\s*<SubscribeEvent>.*?<\/SubscribeEvent>|\s*<uploadImages.*?<\/uploadImagesDataType>/gs;
  const { outcome, paths } = await write({ single: true, ignores });
  await outcome;
  assert.deepEqual(paths(), ['/1']);
});

test('a device that refuses empty elements keeps the extras, and one that refuses both is set up all the same', async () => {
  const kept = await write({ single: true, refuses: /<userName><\/userName>/ });
  await kept.outcome;
  assert.match(kept.list(), /<heartbeat>30</);
  const { outcome, list } = await write({ single: true, refuses: /<userName><\/userName>|SubscribeEvent/ });
  await outcome;
  assert.match(list(), /<ipAddress>192\.0\.2\.10</);
});
