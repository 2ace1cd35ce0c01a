import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DeviceClient } from '../../src/device/device-client.js';
import { askDeviceInfo } from '../../src/device/device-info.js';
import { AlarmError } from '../../src/errors.js';
import { readClock, readDeviceInfo } from '../../src/vendors/isapi/device-info.js';
import { type Answer, LOGIN, responseStatus, startFakeDevice } from '../support/fake-device.js';
import { freePort } from '../support/node-red.js';

/** As a DS-2CD2155FWD-I on V5.4.5 sends it, with CRLF and identifiers of documentation. */
const INFO = `<?xml version="1.0" encoding="UTF-8"?>
<DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<deviceName>IP CAMERA</deviceName>
<deviceID>00000000-0000-0000-0000-00005e005301</deviceID>
<model>DS-2CD2155FWD-I</model>
<serialNumber>DS-2CD2155FWD-I20170124AAWR000000001</serialNumber>
<macAddress>00:00:5E:00:53:01</macAddress>
<firmwareVersion>V5.4.5</firmwareVersion>
<firmwareReleasedDate>build 170124</firmwareReleasedDate>
<deviceType>IPCamera</deviceType>
</DeviceInfo>
`.replaceAll('\n', '\r\n');
const READ = {
  name: 'IP CAMERA',
  model: 'DS-2CD2155FWD-I',
  serial: 'DS-2CD2155FWD-I20170124AAWR000000001',
  mac: '00:00:5e:00:53:01',
  firmware: 'V5.4.5 build 170124',
};
const NOW = Date.parse('2026-11-22T08:00:00Z');
const time = (local: string, zone = 'CST-8:00:00') =>
  `<?xml version="1.0"?><Time version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"><timeMode>NTP</timeMode><localTime>${local}</localTime><timeZone>${zone}</timeZone></Time>`;

/** Asks a device that gives these two documents. */
async function ask(
  t: TestContext,
  info: ReturnType<Answer>,
  clock: ReturnType<Answer> = { body: time('2026-11-22T16:00:00+08:00') },
  settings: Partial<typeof LOGIN> = {},
) {
  const device = await startFakeDevice((path) => (path === '/ISAPI/System/deviceInfo' ? info : clock));
  t.after(() => device.stop());
  const client = new DeviceClient({
    protocol: 'http',
    host: '127.0.0.1',
    port: device.port,
    verifyTls: true,
    ...LOGIN,
    ...settings,
  });
  t.after(() => client.close());
  return {
    device,
    answer: () => askDeviceInfo(client, { readInfo: readDeviceInfo, readClock }, { now: () => NOW }),
  };
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AlarmError, String(error));
  return error.message.includes('(') ? `${error.code} ${error.message.split('(')[1]}` : error.code;
}

test('a device says what it is, and how far its clock is off', async (t) => {
  const { device, answer } = await ask(t, { body: INFO }, { body: time('2026-11-22T16:05:07+08:00') });
  assert.deepEqual(await answer(), { ...READ, clockSkew: 307 });
  assert.deepEqual(device.asked, ['/ISAPI/System/deviceInfo', '/ISAPI/System/time']);
});

for (const [what, body] of [
  ['another namespace', INFO.replace('www.hikvision.com/ver20', 'www.std-cgi.com/ver10')],
  ['no namespace', INFO.replace(/ version="2.0" xmlns="[^"]*"/, '')],
  ['prefixes', INFO.replace(/<(\/?)(\w)/g, '<$1h:$2')],
  ['a line before it', `\r\n${INFO}`],
] as const) {
  test(`it may be written with ${what}`, async (t) => {
    const { answer } = await ask(t, { body });
    assert.deepEqual(await answer(), { ...READ, clockSkew: 0 });
  });
}

test('it may be JSON, with or without a name around it', async (t) => {
  const fields = {
    deviceName: 'IP CAMERA',
    model: READ.model,
    serialNumber: READ.serial,
    macAddress: '00-00-5E-00-53-01',
    firmwareVersion: 'V5.4.5',
    firmwareReleasedDate: 'build 170124',
  };
  for (const document of [{ DeviceInfo: fields }, fields]) {
    const clock = JSON.stringify({ Time: { localTime: '2026-11-22T15:58:59+08:00' } });
    const { answer } = await ask(t, { body: JSON.stringify(document) }, { body: clock });
    assert.deepEqual(await answer(), { ...READ, clockSkew: -61 });
  }
});

test('what it leaves out stays out, and what it says is text without tricks', async (t) => {
  const { answer } = await ask(t, {
    body: '<DeviceInfo><model>&lt;b&gt;x&lt;/b&gt;\u202e</model><macAddress>none</macAddress></DeviceInfo>',
  });
  assert.deepEqual(await answer(), { model: '<b>x</b>', clockSkew: 0 });
});

for (const [local, zone, skew] of [
  ['2026-11-22T08:00:30Z', '', 30],
  ['2026-11-22T16:00:30', 'CST-8:00:00', 30],
  ['2026-11-22T03:00:30', 'EST+5:00:00', 30],
  ['2026-11-22T13:30:30', 'IST-5:30:00', 30],
  ['1970-01-01T08:00:00+08:00', '', -NOW / 1000],
  ['2026-11-22T09:00:00', 'CET-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00', undefined],
  ['2026-11-22T09:00:00', '', undefined],
  ['2026-13-22T09:00:00Z', '', undefined],
  ['', 'CST-8:00:00', undefined],
] as const) {
  test(`a clock at "${local}" ${zone}`, async (t) => {
    const { answer } = await ask(t, { body: INFO }, { body: time(local, zone) });
    assert.deepEqual(await answer(), skew === undefined ? READ : { ...READ, clockSkew: skew });
  });
}

for (const [what, clock] of [
  ['no such page', { status: 404, body: 'not found' }],
  ['an error', { body: responseStatus(4, 'notSupport') }],
  ['an error with a time in it', { status: 500, body: time('2026-11-22T16:00:00+08:00') }],
  ['nonsense', { body: '<Time>' }],
  ['more than is taken', { body: Buffer.alloc(300_000, 0x20) }],
] as const) {
  test(`the time is a bonus: ${what}`, async (t) => {
    const { answer } = await ask(t, { body: INFO }, clock);
    assert.deepEqual(await answer(), READ);
  });
}

for (const [what, info, code] of [
  ['a login page', { body: '<html><body>Login</body></html>' }, 'DEVICE_NOT_ISAPI status 200)'],
  ['no page', { status: 404, body: 'not found' }, 'DEVICE_NOT_ISAPI status 404)'],
  ['nothing', { body: '' }, 'DEVICE_NOT_ISAPI status 200)'],
  ['an empty document', { body: '<DeviceInfo/>' }, 'DEVICE_NOT_ISAPI status 200)'],
  ['another document', { body: time('2026-11-22T16:00:00Z') }, 'DEVICE_NOT_ISAPI status 200)'],
  ['a name alone', { body: '{"deviceName":"printer"}' }, 'DEVICE_NOT_ISAPI status 200)'],
  ['another address', { status: 302, body: '' }, 'DEVICE_REDIRECTS status 302)'],
  ['403', { status: 403, body: '' }, 'DEVICE_FORBIDDEN status 403)'],
  [
    'no right',
    { status: 403, body: responseStatus(4, 'lowPrivilege') },
    'DEVICE_FORBIDDEN status 403, lowPrivilege)',
  ],
  [
    'not activated',
    { status: 403, body: responseStatus(4, 'notActivated') },
    'DEVICE_NOT_ACTIVATED status 403, notActivated)',
  ],
  ['busy', { status: 503, body: '' }, 'DEVICE_INFO_REFUSED status 503)'],
  [
    'an error with status 200',
    { body: responseStatus(3, 'deviceError') },
    'DEVICE_INFO_REFUSED status 200, deviceError)',
  ],
  ['an error that holds a document', { status: 500, body: INFO }, 'DEVICE_INFO_REFUSED status 500)'],
  [
    'an error as JSON',
    { status: 400, body: '{"statusCode":4,"subStatusCode":"constructor"}' },
    'DEVICE_INFO_REFUSED status 400, constructor)',
  ],
  ['too much', { body: Buffer.alloc(300_000, 0x20) }, 'DEVICE_ANSWER_TOO_LARGE'],
] as const) {
  test(`what went wrong has a name: ${what}`, async (t) => {
    const { device, answer } = await ask(t, info);
    assert.equal(await codeOf(answer()), code);
    assert.deepEqual(device.asked, ['/ISAPI/System/deviceInfo']);
  });
}

test('a wrong password is tried once', async (t) => {
  const { device, answer } = await ask(t, { body: INFO }, undefined, { password: 'wrong' });
  assert.match(await codeOf(answer()), /^DEVICE_LOGIN_REFUSED /);
  assert.deepEqual(device.asked, []);
});

test('a device that is off', async (t) => {
  const client = new DeviceClient({
    protocol: 'http',
    host: '127.0.0.1',
    port: await freePort(),
    verifyTls: true,
    ...LOGIN,
  });
  t.after(() => client.close());
  assert.equal(
    await codeOf(askDeviceInfo(client, { readInfo: readDeviceInfo, readClock })),
    'DEVICE_REFUSED',
  );
});
