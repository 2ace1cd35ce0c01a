import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import { deviceWith, HOSTS, statusOf } from './isapi-client.js';

const OPEN = { login: undefined } as const;
const FIRST = `${HOSTS}/1`;

/** A camera with a fault that lets everybody in, and its first slot. */
async function camera(t: TestContext, fault: keyof typeof FAULTS) {
  const { device, call } = await deviceWith(t, behaviourOf(GENERATIONS.camera, FAULTS[fault], OPEN));
  const before = device.hosts.toString();
  const slot = `<HttpHostNotification>${/<HttpHostNotification>(.*?<\/HttpHostNotification>)/s.exec(before)?.[1]}`;
  /** The status of a PUT of the first slot with some texts replaced. */
  const put = async (...changes: readonly (readonly [RegExp, string])[]) => {
    const body = changes.reduce((text, [from, to]) => text.replace(from, to), slot);
    return statusOf(await call('PUT', FIRST, body));
  };
  return { device, call, before, slot, put };
}

const url = (text: string) => [/<url>.*</, `<url>${text}<`] as const;
const port = (number: number) => [/<portNo>.*</, `<portNo>${number}<`] as const;
const address = (text: string) => [/<ipAddress>.*</, `<ipAddress>${text}<`] as const;

/** Requests that are answered with a certain status, for faults that are nothing else. */
const REFUSED: ReadonlyArray<
  readonly [keyof typeof FAULTS, method: string, path: string, status: number, says: string]
> = [
  ['listPutRefused', 'PUT', HOSTS, 403, '4/notSupport'],
  ['listPutBadContent', 'PUT', HOSTS, 400, '6/badXmlContent'],
  ['singleNotFound', 'PUT', FIRST, 404, '/'],
  ['singlePutRefused', 'PUT', FIRST, 403, '4/notSupport'],
  ['singlePutNotAllowed', 'PUT', FIRST, 405, '4/methodNotAllowed'],
  ['capabilitiesForbidden', 'GET', `${HOSTS}/capabilities`, 403, '4/lowPrivilege'],
  ['jsonNotFound', 'GET', `${HOSTS}?format=json`, 404, '/'],
  ['testError', 'POST', `${FIRST}/test`, 500, '/'],
  ['testForbidden', 'POST', `${FIRST}/test`, 403, '4/notSupport'],
  ['writingFails', 'PUT', FIRST, 500, '3/deviceError'],
  ['writingFails', 'PUT', HOSTS, 500, '3/deviceError'],
];

for (const [fault, method, path, status, says] of REFUSED) {
  test(`${fault}: ${method} ${path} is answered ${status}, and nothing changes`, async (t) => {
    const { device, call, before } = await camera(t, fault);
    const answered = await call(method, path, method === 'GET' ? undefined : before);
    assert.deepEqual([answered.status, statusOf(answered)], [status, says]);
    assert.equal(device.hosts.toString(), before);
  });
}

test('a list with fewer slots is refused in one of two words', async (t) => {
  for (const [fault, says] of [
    ['jsonIgnored', '4/notSupport'],
    ['fewerSlotsBadContent', '6/badXmlContent'],
  ] as const) {
    const { device, call, before, slot } = await camera(t, fault);
    assert.equal(statusOf(await call('PUT', HOSTS, before.replace(slot, ''))), says);
    assert.equal(device.hosts.toString(), before);
  }
});

test('capabilities say true, or are broken', async (t) => {
  const capabilities = async (fault: keyof typeof FAULTS) =>
    (await (await camera(t, fault)).call('GET', `${HOSTS}/capabilities`)).text;
  assert.match(await capabilities('capabilitiesTrue'), /<HttpHostNotificationCap>true</);
  assert.match(await capabilities('capabilitiesBroken'), /<parameterFormatType opt="XML"\/><\/p/);
  assert.match(await capabilities('urlShort'), /<urlLen min="0" max="16"/);
  assert.match(await capabilities('urlShortUnsaid'), /<urlLen min="0" max="128"/);
  assert.match(await capabilities('httpsRefused'), /opt="HTTP,HTTPS,EHome"/);
  assert.match(await capabilities('heartbeatNarrow'), /<heartbeat min="1" max="30"/);
});

test('a question for JSON may be answered in XML', async (t) => {
  const { call, before } = await camera(t, 'jsonIgnored');
  assert.equal((await call('GET', `${HOSTS}?format=json`)).text, before);
});

test('what a device does not take is refused', async (t) => {
  const used = [address('198.51.100.10'), port(8089), url('/secret')] as const;
  const https = [/HTTP</, 'HTTPS<'] as const;
  const named = [/<addressingFormatType>.*</, '<addressingFormatType>hostname<'] as const;
  const beat = (seconds: number) =>
    [/<httpB/, `<SubscribeEvent><heartbeat>${seconds}</heartbeat></SubscribeEvent>\n<httpB`] as const;
  for (const [fault, change, says] of [
    ['httpsRefused', https, '6/badXmlContent'],
    ['hostNameRefused', named, '6/badXmlContent'],
    ['lowPortRefused', port(443), '6/badXmlContent'],
    ['urlShort', url('/a-longer-secret!'), '6/badParameters'],
    ['urlAbsolute', url('/secret'), '6/badParameters'],
    ['heartbeatNarrow', beat(60), '6/badXmlContent'],
  ] as const) {
    const { device, put, before } = await camera(t, fault);
    assert.equal(await put(...used, change), says, fault);
    assert.equal(device.hosts.toString(), before);
    if (fault !== 'urlAbsolute') assert.equal(await put(...used), '1/ok', fault);
  }
  const { put } = await camera(t, 'urlAbsolute');
  assert.equal(await put(...used, url('http://198.51.100.10:8089/secret')), '1/ok');
  assert.equal(await (await camera(t, 'heartbeatNarrow')).put(beat(30)), '1/ok');
});

test('a terminal refuses an element that it does not know', async (t) => {
  const { call } = await deviceWith(t, behaviourOf(GENERATIONS.accessTerminal, OPEN));
  const slot = (await call('GET', FIRST)).text;
  const more = slot.replace('</HttpH', '<uploadImagesDataType>binary</uploadImagesDataType></HttpH');
  assert.equal(statusOf(await call('PUT', FIRST, more)), '6/badXmlContent');
});

test('a body of another generation empties the slot of a recorder, which says OK', async (t) => {
  const { device, call } = await deviceWith(t, behaviourOf(GENERATIONS.psiaRecorder, OPEN));
  const before = device.hosts.toString();
  const slot = (await call('GET', FIRST)).text.replace('0.0.0.0', '198.51.100.10');
  assert.equal(statusOf(await call('PUT', FIRST, slot)), '1/ok');
  assert.notEqual(device.hosts.toString(), before);
  const newer = slot.replace('urn:psialliance-org', 'http://www.hikvision.com/ver20/XMLSchema');
  assert.equal(statusOf(await call('PUT', FIRST, newer)), '1/ok');
  assert.equal(device.hosts.toString(), before);
});

test('stored at once and in force after a reboot', async (t) => {
  const { device, put } = await camera(t, 'rebootRequired');
  assert.equal(await put(port(8089)), '7/rebootRequired');
  assert.match(device.hosts.toString(), /8089/);
});

test('OK is said, and nothing is stored', async (t) => {
  const { device, put, before } = await camera(t, 'storesNothing');
  assert.equal(await put(port(8089)), '1/ok');
  assert.equal(device.hosts.toString(), before);
});

test('forgotten at the next start; others remember until they are reset', async (t) => {
  const { device, put, before } = await camera(t, 'forgets');
  assert.equal(await put(port(8089)), '1/ok');
  assert.match(device.hosts.toString(), /8089/);
  device.reboot();
  assert.equal(device.hosts.toString(), before);
  const other = await camera(t, 'jsonIgnored');
  assert.equal(await other.put(port(8089)), '1/ok');
  other.device.reboot();
  assert.match(other.device.hosts.toString(), /8089/);
  other.device.factoryReset();
  assert.equal(other.device.hosts.toString(), before);
});

test('empty elements that come back are refused; left out they are empty again', async (t) => {
  const { device, put, before } = await camera(t, 'emptyRefused');
  assert.equal(await put(), '6/badParameters');
  const without = [/<userName><\/userName>\n/, ''] as const;
  assert.equal(await put(without, port(8089)), '1/ok');
  assert.equal(device.hosts.toString(), before.replace('80<', '8089<'));
  assert.equal(await put(without), '1/ok');
  assert.equal(device.hosts.toString(), before);
});

test('all slots are taken until a reset', async (t) => {
  const { device } = await camera(t, 'allSlotsTaken');
  assert.equal(device.hosts.toString().match(/203\.0\.113\.3/g)?.length, 3);
  device.factoryReset();
  assert.equal(device.hosts.toString().match(/0\.0\.0\.0/g)?.length, 3);
});

test('answers that are not what was asked for', async (t) => {
  const asked = async (fault: keyof typeof FAULTS) => (await camera(t, fault)).call('GET', HOSTS);
  const page = await asked('loginPage');
  assert.deepEqual([page.status, page.headers['content-type']], [200, 'text/html']);
  assert.match(page.text, /<title>Login/);
  const { text, body } = await asked('truncated');
  const { before } = await camera(t, 'truncated');
  assert.equal(text, before.slice(0, body.length));
  assert.equal(body.length, Math.floor(before.length / 2));
  assert.match((await asked('otherRoot')).text, /<DeviceStatus /);
});

test('an answer hangs, and what was written may be stored', { timeout: 10_000 }, async (t) => {
  const reading = await camera(t, 'hangs');
  await assert.rejects(reading.call('GET', HOSTS), /no answer/);
  const writing = await camera(t, 'writesAndHangs');
  await assert.rejects(writing.put(port(8089)), /no answer/);
  assert.match(writing.device.hosts.toString(), /8089/);
  assert.equal(writing.device.requests.at(-1)?.status, 0);
});

test('busy once, then no more', async (t) => {
  const { call } = await camera(t, 'busyOnce');
  const answers = [await call('GET', HOSTS), await call('GET', HOSTS)];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 200],
  );
  assert.equal(statusOf(answers[0] as (typeof answers)[0]), '2/deviceBusy');
});

test('the test opens a connection to what its body says and sends nothing', async (t) => {
  let connections = 0;
  let bytes = 0;
  const server = net.createServer((socket) => {
    connections++;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = (server.address() as AddressInfo).port;
  const say = async (fault: keyof typeof FAULTS, where = open) => {
    const { call, slot } = await camera(t, fault);
    const body = slot.replace('0.0.0.0', '127.0.0.1').replace('80<', `${where}<`);
    return call('POST', `${FIRST}/test`, body);
  };
  assert.match((await say('jsonIgnored')).text, /<errorDescription>ok</);
  assert.match((await say('testFails')).text, /<errorCode>151</);
  assert.deepEqual([connections, bytes], [1, 0]);
  server.close();
  await once(server, 'close');
  assert.match((await say('jsonIgnored')).text, /<errorCode>151</);
  assert.equal(statusOf(await say('testFailsAsStatus')), '6/connectSreverFail');
  const { call, slot } = await camera(t, 'jsonIgnored');
  assert.equal(statusOf(await call('POST', `${FIRST}/test`, slot)), '4/invalidID');
});
