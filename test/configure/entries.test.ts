import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../src/limits.js';
import { cameraHosts } from '../../src/simulator/configurable/factory-hosts.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { configurable, SECRET, written } from './support.js';

const FOREIGN = { address: '203.0.113.31', port: 8000, url: '/alarms?token=abc' };
const OURS = { address: '192.0.2.10', port: 8089, url: `/${SECRET}/isapi` };
const camera = (...used: Parameters<typeof cameraHosts>[0] & object) => ({ configured: cameraHosts(used) });
const slotsOf = (bytes: Buffer) => {
  const hosts = new HttpHosts(bytes, LIMITS);
  return hosts.slots.map((slot) => hosts.document.sourceOf(slot.node));
};

test('entries of others stay byte by byte, and the first free place is taken', async (t) => {
  const { device, configurator } = await configurable(t, camera(FOREIGN, {}, FOREIGN));
  const before = slotsOf(device.hosts);
  const { slot, difference } = await configurator().apply();
  assert.equal(slot, '2');
  const after = slotsOf(device.hosts);
  assert.deepEqual([after[0], after[2]], [before[0], before[2]]);
  assert.notEqual(after[1], before[1]);
  assert.deepEqual(difference, [
    'slot 2: url: / -> /***/isapi',
    'slot 2: ipAddress: 0.0.0.0 -> 192.0.2.10',
    'slot 2: portNo: 80 -> 8089',
  ]);
});

for (const [what, entry, differs] of [
  ['that is right already', OURS, []],
  ['without the slash in front', { ...OURS, url: OURS.url.slice(1) }, []],
  ['with an older address of ours', { ...OURS, address: '192.0.2.99' }, ['ipAddress']],
  ['with another port', { ...OURS, port: 8090 }, ['portNo']],
  ['with an older secret', { ...OURS, url: '/OldSecret123/isapi' }, ['url']],
  ['that sends query strings', { ...OURS, format: 'querystring' }, ['parameterFormatType']],
  ['over HTTPS', { ...OURS, protocol: 'HTTPS' }, ['protocolType']],
  [
    'with a login that is not asked for',
    { ...OURS, authentication: 'MD5digest', username: 'x' },
    ['httpAuthenticationMethod'],
  ],
] as const) {
  test(`an entry of ours ${what} is found again: ${differs.join(', ') || 'nothing changes'}`, async (t) => {
    const { device, configurator, writes } = await configurable(t, camera(FOREIGN, {}, entry));
    const { slot, difference, changed } = await configurator().apply();
    assert.equal(slot, '3');
    assert.deepEqual(
      difference.map((line) => line.split(': ')[1]),
      differs,
    );
    assert.equal(changed, differs.length > 0);
    assert.doesNotMatch(difference.join(), /OldSecret/);
    if (!changed) assert.deepEqual(writes(), []);
    assert.match(slotsOf(device.hosts)[1] ?? '', /0\.0\.0\.0/);
  });
}

test('a place for EHome is not touched, wherever it leads', async (t) => {
  const { configurator } = await configurable(t, camera({ ...OURS, protocol: 'EHome' }));
  assert.equal((await configurator().apply()).slot, '2');
});

test('what a device took of a write that it did not store as a whole is taken back', async (t) => {
  const fields = ['id', 'url', 'protocolType', 'parameterFormatType', 'addressingFormatType', 'ipAddress'];
  const { device, configurator } = await configurable(t, { fields, writing: 'all' });
  await configurator()
    .apply()
    .catch(() => undefined);
  const before = device.hosts.toString();
  await assert.rejects(configurator({ path: '/another/path' }).apply(), { code: 'CONFIG_NOT_STORED' });
  assert.equal(device.hosts.toString(), before);
  assert.match(before, /<ipAddress>0\.0\.0\.0</);
});

test('another path behind the same secret is another entry', async (t) => {
  const { configurator } = await configurable(t, camera({ ...OURS, url: `/${SECRET}/yard` }));
  assert.equal((await configurator().apply()).slot, '2');
});

test('a listener with a login: the device gets it, and nobody else gets to see the password', async (t) => {
  const login = { auth: 'digest', username: 'camera', password: 'Wire-Secret-7' } as const;
  const { device, configurator, backups } = await configurable(t);
  const { difference } = await configurator(login).apply();
  assert.deepEqual(difference.slice(-3), [
    'slot 1: httpAuthenticationMethod: none -> MD5digest',
    'slot 1: userName: (empty) -> camera',
    'slot 1: password: ***',
  ]);
  assert.equal(device.passwords.get('1'), login.password);
  assert.equal((await configurator(login).apply()).changed, false);
  const seen = JSON.stringify([difference, [...backups.all.values()]]);
  assert.doesNotMatch(seen, /Wire-Secret/);
  const basic = await configurator({ ...login, auth: 'basic' }).apply();
  assert.ok(basic.difference.includes('slot 1: httpAuthenticationMethod: MD5digest -> base64'));
});

test('what the device says it cannot do is said before anything is written', async (t) => {
  const limits = {
    protocols: ['HTTP'],
    addressing: ['ipaddress'],
    port: [1024, 65_535],
    authentication: ['none'],
  } as const;
  const { configurator, writes } = await configurable(t, { limits });
  for (const [target, code] of [
    [{ tls: true }, 'CONFIG_PROTOCOL'],
    [{ host: 'home.example' }, 'CONFIG_HOST_NAME'],
    [{ port: 443 }, 'CONFIG_PORT'],
    [{ auth: 'basic', username: 'a', password: 'b' }, 'CONFIG_LOGIN'],
  ] as const)
    await assert.rejects(configurator(target).apply(), { code });
  assert.deepEqual(writes(), []);
});

test('a host name and an IPv6 address go where devices keep them', async (t) => {
  const { device, configurator } = await configurable(t);
  await configurator({ host: 'home.example' }).apply();
  let [slot] = new HttpHosts(device.hosts, LIMITS).slots;
  assert.deepEqual(
    [slot?.field('addressingFormatType'), slot?.field('hostName')],
    ['hostname', 'home.example'],
  );
  await configurator({ host: '2001:db8::7' }).apply();
  [slot] = new HttpHosts(device.hosts, LIMITS).slots;
  assert.deepEqual(
    [slot?.field('addressingFormatType'), slot?.field('ipv6Address')],
    ['ipaddress', '2001:db8::7'],
  );
});

test('chosen events, as each device names them', async (t) => {
  const list = cameraHosts().replace('<httpBroken>false</httpBroken>', '<eventMode>all</eventMode>');
  const { device, configurator } = await configurable(t, { hosts: list });
  const { difference } = await configurator({ events: ['VMD', 'linedetection'] }).apply();
  assert.deepEqual(difference.slice(-2), [
    'slot 1: eventMode: all -> list',
    'slot 1: EventList: (empty) -> VMD,linedetection',
  ]);
  assert.match(
    device.hosts.toString(),
    /<eventMode>list<\/eventMode>\s*<EventList><Event><type>VMD<\/type><\/Event><Event><type>linedetection<\/type>/,
  );
  assert.equal((await configurator({ events: ['VMD', 'linedetection'] }).apply()).changed, false);
  await configurator().apply();
  assert.match(device.hosts.toString(), /<eventMode>all<\/eventMode>/);
  const json = await configurable(t, GENERATIONS.jsonDevice);
  await json.configurator({ events: ['alarmResult', 'AIOP_Video'] }).apply();
  assert.match(json.device.hosts.toString(), /"eventType"\s*:\s*"alarmResult,AIOP_Video"/);
  await json.configurator().apply();
  assert.match(
    json.device.hosts.toString(),
    /"eventType"\s*:\s*"alarmResult,captureResult,behaviorResult,AIOP_Video"/,
  );
});

test('pictures are asked for as bytes where the device has a choice, and not where it knows none', async (t) => {
  const { device, configurator } = await configurable(t, { limits: { pictures: ['URL', 'binary'] } });
  const { difference } = await configurator().apply();
  assert.equal(difference.at(-1), 'slot 1: uploadImagesDataType: (empty) -> binary');
  assert.match(device.hosts.toString(), /<uploadImagesDataType>binary</);
  const other = await configurable(t, { limits: { pictures: ['URL'] } });
  assert.doesNotMatch((await other.configurator().plan()).difference.join(), /upload/);
});

test('a heartbeat is asked for where the device knows it, within its bounds', async (t) => {
  const { device, configurator } = await configurable(t, GENERATIONS.accessTerminal, {
    configured: GENERATIONS.accessTerminal.hosts.replace('<heartbeat>30<', '<heartbeat>0<'),
  });
  const { difference } = await configurator().apply();
  assert.ok(difference.includes('slot 1: SubscribeEvent/heartbeat: 0 -> 30'), String(difference));
  assert.match(device.hosts.toString(), /<heartbeat>30<\/heartbeat>/);
});

test('a wrong password is tried once by a whole apply', async (t) => {
  const { device, configurator } = await configurable(t, { login: { password: 'another' } });
  await assert.rejects(configurator().apply(), { code: 'DEVICE_LOGIN_REFUSED' });
  assert.equal(device.login.wrong, 1);
});

test('without the right to change settings nothing is half done', async (t) => {
  const { device, configurator } = await configurable(t, { rights: 'operator' });
  const before = device.hosts;
  await assert.rejects(configurator().apply(), { code: 'CONFIG_REFUSED', message: /lowPrivilege/ });
  assert.deepEqual(device.hosts, before);
  const guest = await configurable(t, { rights: 'guest' });
  await assert.rejects(guest.configurator().plan(), { code: 'DEVICE_FORBIDDEN' });
});

test('a device without this setting, and one that sends elsewhere', async (t) => {
  const without = await configurable(t, { hosts: undefined });
  await assert.rejects(without.configurator().plan(), { code: 'CONFIG_NO_LISTENING' });
  const answer = { kind: 'redirect', location: 'https://192.0.2.7/' } as const;
  const moved = await configurable(t, { scripts: [{ on: '* /ISAPI/**', answer }] });
  await assert.rejects(moved.configurator().plan(), { code: 'DEVICE_REDIRECTS' });
});

test('whom a device pushes to is shown without the paths of others', async (t) => {
  const { configurator } = await configurable(t, camera(FOREIGN, OURS));
  const { slot, remarks, changed } = await configurator().read();
  assert.deepEqual([slot, changed], ['2', false]);
  assert.deepEqual(remarks, ['slot 1: 203.0.113.31:8000', 'slot 2: 192.0.2.10:8089', 'slot 3: free']);
});

test('restore: nothing to restore, and an entry of somebody else that is there now', async (t) => {
  const { device, configurator } = await configurable(t);
  await assert.rejects(configurator().restore(), { code: 'CONFIG_NO_BACKUP' });
  await configurator().apply();
  const other = await configurable(t, camera(FOREIGN));
  other.backups.all.set('camera', [written('1', device.hosts)]);
  await assert.rejects(other.configurator().restore(), {
    code: 'CONFIG_NO_ENTRY',
    message: /203\.0\.113\.31:8000/,
  });
});

test('kept: there, forgotten and given again, changed by somebody, taken by somebody', async (t) => {
  const { device, configurator } = await configurable(t);
  await configurator().apply();
  assert.equal((await configurator().keep()).kept, 'kept');
  device.factoryReset();
  assert.equal((await configurator().keep()).kept, 'renewed');
  assert.deepEqual(
    new HttpHosts(device.hosts, LIMITS).slots.map(({ host }) => host),
    ['192.0.2.10', undefined, undefined],
  );
  assert.equal((await configurator().keep()).kept, 'kept');
  for (const [entry, kept, line] of [
    [{ ...OURS, protocol: 'HTTPS' }, 'changed', 'slot 1: protocolType: HTTPS -> HTTP'],
    [FOREIGN, 'taken', undefined],
  ] as const) {
    const other = await configurable(t, camera(entry));
    other.backups.all.set('camera', [written('1', device.hosts)]);
    const found = await other.configurator().keep();
    assert.deepEqual([found.kept, found.difference[0], found.changed], [kept, line, false]);
    assert.deepEqual(other.writes(), []);
  }
});

test('the test of the device alone', async (t) => {
  const { configurator, device } = await configurable(t, camera(FOREIGN, OURS));
  assert.deepEqual((await configurator().test()).remarks, ['the device reaches the listener']);
  assert.equal(device.requests.filter(({ method }) => method === 'POST').length, 1);
  const none = await configurable(t);
  await assert.rejects(none.configurator().test(), { code: 'CONFIG_NO_ENTRY' });
});

test('restore(apply(x)) = x, whatever is on the device', async (t) => {
  const slot = fc.record(
    {
      address: fc.constantFrom('0.0.0.0', '203.0.113.31', '192.0.2.10'),
      port: fc.constantFrom(80, 8000, 8089),
      url: fc.constantFrom('/', '/alarms', `/${SECRET}/isapi`, '/OldSecret123/isapi'),
      protocol: fc.constantFrom('HTTP', 'HTTPS', 'EHome'),
      format: fc.constantFrom('XML', 'JSON', 'querystring'),
      username: fc.constantFrom('', 'camera'),
    },
    { requiredKeys: [] },
  );
  const target = fc.record({
    host: fc.constantFrom('192.0.2.10', 'home.example'),
    tls: fc.boolean(),
    auth: fc.constantFrom('none', 'digest'),
  });
  const writing = fc.constantFrom('verbatim', 'known', 'all');
  const run = fc.asyncProperty(
    fc.array(slot, { minLength: 3, maxLength: 3 }),
    target,
    writing,
    async (used, wish, style) => {
      const { device, configurator } = await configurable(t, { ...camera(...used), writing: style });
      const before = device.hosts.toString();
      const mine = { ...wish, username: 'camera', password: 'x' };
      try {
        await configurator(mine).apply();
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'CONFIG_NO_SLOT');
        assert.equal(device.hosts.toString(), before);
        return;
      }
      const { changed } = await configurator(mine).plan();
      assert.equal(changed, false);
      await configurator(mine)
        .restore()
        .catch((error: { code?: string }) => assert.equal(error.code, 'CONFIG_NO_BACKUP'));
      assert.deepEqual(
        new HttpHosts(device.hosts, LIMITS).slots.map(({ node }) =>
          node.children.map(({ name, text }) => [name, text]),
        ),
        new HttpHosts(Buffer.from(before), LIMITS).slots.map(({ node }) =>
          node.children.map(({ name, text }) => [name, text]),
        ),
      );
      if (style === 'verbatim') assert.equal(device.hosts.toString(), before);
    },
  );
  await fc.assert(run, { seed: 20261122, numRuns: 60 });
});

test('restore(apply(x)) = x over all generations, with any listener', async (t) => {
  const generation = fc.constantFrom(...(Object.keys(GENERATIONS) as (keyof typeof GENERATIONS)[]));
  const target = fc.record({
    host: fc.constantFrom('192.0.2.10', '203.0.113.9', 'home.example', '2001:db8::7'),
    port: fc.constantFrom(80, 443, 8089, 65_535),
    tls: fc.boolean(),
    auth: fc.constantFrom('none', 'basic', 'digest'),
    events: fc.constantFrom([], ['VMD'], ['VMD', 'linedetection']),
  });
  const run = fc.asyncProperty(
    generation,
    fc.array(target, { minLength: 1, maxLength: 3 }),
    async (name, wishes) => {
      const { device, configurator } = await configurable(t, GENERATIONS[name]);
      const before = device.hosts.toString();
      for (const wish of wishes) {
        const mine = { ...wish, username: 'camera', password: 'x' };
        const last = device.hosts.toString();
        try {
          await configurator(mine).apply();
          assert.equal((await configurator(mine).plan()).changed, false);
        } catch (error) {
          // What a device does not take changes nothing on it.
          assert.match((error as { code?: string }).code ?? '', /^CONFIG_/);
          assert.equal(device.hosts.toString(), last);
        }
      }
      const mine = wishes.at(-1) ?? {};
      await configurator(mine)
        .restore()
        .catch((error: { code?: string }) => assert.equal(error.code, 'CONFIG_NO_BACKUP'));
      assert.equal(device.hosts.toString(), before);
    },
  );
  await fc.assert(run, { seed: 20261122, numRuns: 150 });
});
