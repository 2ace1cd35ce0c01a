import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { cameraHosts } from '../../src/simulator/configurable/factory-hosts.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import { SLOT_FIELDS } from '../../src/simulator/configurable/hosts-behaviour.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { configurable, SECRET, TARGET } from './support.js';

const HOSTS = '/ISAPI/Event/notification/httpHosts';
const leads = (bytes: Buffer) =>
  new HttpHosts(bytes, LIMITS).slots.map(({ host, port, path, isFree }) =>
    isFree ? 'free' : `${host}:${port}${path}`,
  );

test('without a secret a path alone makes no entry ours: others have the same', async (t) => {
  const foreign = { address: '203.0.113.31', port: 9000, url: '/isapi' };
  const { device, configurator } = await configurable(t, { configured: cameraHosts([foreign]) });
  const bare = { path: '/isapi', secret: '' };
  assert.equal((await configurator(bare).apply()).slot, '2');
  assert.deepEqual(leads(device.hosts), ['203.0.113.31:9000/isapi', '192.0.2.10:8089/isapi', 'free']);
  assert.equal((await configurator(bare).apply()).changed, false);
  // The address of this machine changed: it is known by what was written.
  assert.equal((await configurator({ ...bare, host: '192.0.2.11' }).apply()).slot, '2');
});

test('an entry of ours is known again though address, secret and path are all new', async (t) => {
  const { device, configurator } = await configurable(t, GENERATIONS.recorder);
  const before = device.hosts.toString();
  await configurator().apply();
  const moved = { host: '192.0.2.99', secret: 'NewSecret123', path: '/NewSecret123/gate' };
  assert.deepEqual(
    [(await configurator(moved).apply()).slot, leads(device.hosts)],
    ['1', ['192.0.2.99:8089/NewSecret123/gate']],
  );
  assert.equal((await configurator(moved).restore()).changed, true);
  assert.equal(device.hosts.toString(), before);
});

test('two nodes have a place each, and each takes back its own', async (t) => {
  const { device, configurator, backups } = await configurable(t);
  const gate = { path: `/${SECRET}/gate` };
  await configurator({}, 'one').apply();
  await configurator(gate, 'two').apply();
  assert.deepEqual(leads(device.hosts), [
    `192.0.2.10:8089/${SECRET}/isapi`,
    `192.0.2.10:8089/${SECRET}/gate`,
    'free',
  ]);
  await configurator({}, 'one').restore();
  assert.deepEqual(leads(device.hosts), ['free', `192.0.2.10:8089/${SECRET}/gate`, 'free']);
  await configurator(gate, 'two').restore();
  assert.deepEqual([leads(device.hosts), backups.all.size], [['free', 'free', 'free'], 0]);
});

test('looking again writes nothing that was never applied, nor what was restored', async (t) => {
  const { configurator, writes } = await configurable(t);
  assert.equal((await configurator().keep()).kept, 'missing');
  assert.deepEqual(writes(), []);
  await configurator().apply();
  await configurator().restore();
  const { length } = writes();
  assert.equal((await configurator().keep()).kept, 'missing');
  assert.equal(writes().length, length);
});

test('an entry that was there already is kept from the first apply on', async (t) => {
  const ours = { address: TARGET.host, port: TARGET.port, url: TARGET.path };
  const { device, configurator } = await configurable(t, { configured: cameraHosts([ours]) });
  assert.equal((await configurator().apply()).changed, false);
  device.factoryReset();
  assert.equal((await configurator().keep()).kept, 'renewed');
});

test('a device that has to be restarted is waited for, and restored once it was', async (t) => {
  const behaviour = { rebootRequired: true, keeping: 'never' } as const;
  const { device, configurator, writes, backups } = await configurable(t, behaviour);
  const before = device.hosts.toString();
  assert.match((await configurator().apply()).remarks[0] ?? '', /has to be restarted/);
  const { length } = writes();
  assert.equal((await configurator().keep()).kept, 'pending');
  assert.equal(writes().length, length);
  // As after a restart.
  device.behaviour.keeping = 'always';
  await configurator().apply();
  assert.equal((await configurator().keep()).kept, 'kept');
  const { remarks } = await configurator().restore();
  assert.match(remarks[0] ?? '', /has to be restarted; restore again/);
  assert.equal(backups.all.size, 1);
  assert.equal((await configurator().restore()).changed, false);
  assert.deepEqual([device.hosts.toString(), backups.all.size], [before, 0]);
});

test('a new password of the listener is told, and the same one is not told twice', async (t) => {
  const login = { auth: 'digest', username: 'camera', password: 'one' } as const;
  const { device, configurator } = await configurable(t);
  await configurator(login).apply();
  const { changed, difference } = await configurator({ ...login, password: 'two' }).apply();
  assert.deepEqual([changed, difference], [true, ['slot 1: password: ***']]);
  assert.equal(device.passwords.get('1'), 'two');
  assert.equal((await configurator({ ...login, password: 'two' }).apply()).changed, false);
});

test('a login that was added goes again with what it was added to', async (t) => {
  const { device, configurator } = await configurable(t, {
    configured: cameraHosts([{ address: TARGET.host, port: TARGET.port, url: TARGET.path }]).replaceAll(
      '<userName></userName>\n',
      '',
    ),
  });
  const before = device.hosts.toString();
  await configurator({ auth: 'digest', username: 'camera', password: 'x' }).apply();
  assert.notEqual(device.hosts.toString(), before);
  assert.equal((await configurator().restore()).changed, true);
  assert.equal(device.hosts.toString(), before);
});

test('a list with logins of others is never sent back as a whole for the sake of a blank', async (t) => {
  const other = { address: '203.0.113.31', port: 8000, url: '/alarms', username: 'somebody' };
  const { device, configurator } = await configurable(t, {
    configured: cameraHosts([{}, other]),
    writing: 'known',
  });
  await configurator().apply();
  await configurator().restore();
  const lists = device.requests.filter(({ method, target }) => method === 'PUT' && target === HOSTS);
  assert.deepEqual(lists, []);
});

test('a list that is empty for a moment is no empty list', async (t) => {
  const empty = {
    kind: 'document',
    text: '<HttpHostNotificationList version="2.0"></HttpHostNotificationList>',
  } as const;
  const foreign = { address: '203.0.113.31', port: 8000, url: '/alarms' };
  const { device, configurator } = await configurable(t, {
    configured: cameraHosts([foreign]),
    scripts: [{ on: `GET ${HOSTS}`, answer: empty, times: 1 }],
  });
  assert.equal((await configurator().apply()).slot, '2');
  assert.equal(leads(device.hosts)[0], '203.0.113.31:8000/alarms');
  // One that stays empty and takes no new slot is not written to by an address that may be somebody else's.
  const stays = await configurable(t, { scripts: [{ on: `GET ${HOSTS}`, answer: empty }] });
  await assert.rejects(stays.configurator().apply(), { code: /CONFIG_(?:REFUSED|NOT_STORED)/ });
  assert.deepEqual(
    stays.writes().filter(({ target }) => target.startsWith(`${HOSTS}/`)),
    [],
  );
});

test('no secret in what is shown, however a device writes urls', async (t) => {
  const old = { address: TARGET.host, port: TARGET.port, url: 'OldSecret123/isapi' };
  const { configurator } = await configurable(t, { configured: cameraHosts([old]) });
  const { difference } = await configurator().apply();
  assert.equal(difference[0], 'slot 1: url: /*** -> /***/isapi');
  const restored = await configurator().restore();
  assert.doesNotMatch(JSON.stringify([difference, restored]), new RegExp(`OldSecret|${SECRET}`));
  const strange = { address: '0.0.0.0', port: 80, url: 'http://203.0.113.31:99999/t0k3n' };
  const full = await configurable(t, { configured: cameraHosts([strange, strange, strange]) });
  await assert.rejects(full.configurator().plan(), (error: Error) => !error.message.includes('t0k3n'));
});

test('a device that starts its web server anew behind a write is waited for', async (t) => {
  const { device, configurator } = await configurable(t);
  const applying = configurator().apply();
  const isWritten = () => device.requests.some(({ method, status }) => method === 'PUT' && status === 200);
  while (!isWritten()) await new Promise((resolve) => setImmediate(resolve));
  await device.close();
  setTimeout(() => void device.open(), 700);
  assert.equal((await applying).changed, true);
  assert.equal(leads(device.hosts)[0], `192.0.2.10:8089/${SECRET}/isapi`);
});

test('extras that a device drops are written once, and the entry is kept without them', async (t) => {
  const fields = [...SLOT_FIELDS, 'httpBroken'];
  const behaviour = { fields, writing: 'known', limits: { pictures: ['URL', 'binary'] } } as const;
  const { configurator, writes } = await configurable(t, behaviour);
  assert.equal((await configurator().apply()).changed, true);
  const { length } = writes();
  assert.deepEqual((await configurator().apply()).difference, []);
  assert.equal((await configurator().keep()).kept, 'kept');
  assert.equal(writes().length, length);
});
