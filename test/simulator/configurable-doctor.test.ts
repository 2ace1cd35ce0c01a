import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { type TestContext, test } from 'node:test';
import { behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import {
  LISTENER,
  MISCONFIGURATIONS,
  wellConfigured,
} from '../../src/simulator/configurable/misconfigurations.js';
import { selfSigned } from '../sources/certificate.js';
import { deviceWith, HOSTS, statusOf } from './isapi-client.js';

type Name = keyof typeof MISCONFIGURATIONS;

const sick = (t: TestContext, name: Name) => deviceWith(t, MISCONFIGURATIONS[name].behaviour);
const NOW = Date.UTC(2026, 10, 22, 7, 15, 5);
const INFO = '/ISAPI/System/deviceInfo';
const MOTION = '/ISAPI/System/Video/inputs/channels/1/motionDetection';
const STREAM = '/ISAPI/Event/notification/alertStream';

test('nothing is wrong with a camera that is well configured', async (t) => {
  const { device, call } = await deviceWith(t, wellConfigured());
  const text = device.hosts.toString();
  assert.ok(text.includes(`<url>${LISTENER.path}</url>`) && text.includes(LISTENER.address));
  for (const id of ['VMD-1', 'linedetection-1', 'fielddetection-1']) {
    assert.match(String(device.triggers.get(id)), /<id>center<\/id>/);
  }
  assert.match((await call('GET', MOTION)).text, /<enabled>true/);
});

test('there are at least twenty, each with something to notice', () => {
  const notices = Object.values(MISCONFIGURATIONS).map(({ notice }) => notice);
  assert.ok(notices.length >= 20);
  assert.equal(new Set(notices).size, notices.length);
});

test('who is refused: the password, the lock, the rights, the factory', async (t) => {
  const password = await sick(t, 'wrongPassword');
  assert.equal((await password.call('GET', INFO)).status, 401);
  assert.equal(password.device.login.wrong, 1);
  const locked = await sick(t, 'lockedAccount');
  const { status, text } = await locked.call('GET', INFO);
  assert.equal(status, 401);
  assert.match(text, /<lockStatus>lock<.*\n<unlockTime>1800</);
  locked.device.reboot();
  assert.equal((await locked.call('GET', INFO)).status, 200);
  const operator = await sick(t, 'readOnlyUser');
  assert.equal((await operator.call('GET', HOSTS)).status, 200);
  const refused = await operator.call('PUT', HOSTS, operator.device.hosts);
  assert.deepEqual([refused.status, statusOf(refused)], [403, '4/lowPrivilege']);
  const guest = await sick(t, 'guestUser');
  assert.equal((await guest.call('GET', INFO)).status, 200);
  assert.equal(statusOf(await guest.call('GET', HOSTS)), '4/lowPrivilege');
  assert.equal(statusOf(await (await sick(t, 'notActivated')).call('GET', INFO)), '4/notActivated');
  const basic = await (await sick(t, 'basicLogin')).call('GET', INFO);
  assert.match(basic.headers['www-authenticate'] ?? '', /^Basic /);
});

test('the clock: right, ahead, behind, never set', async (t) => {
  const localTime = async (name?: Name) => {
    const behaviour = behaviourOf(name ? MISCONFIGURATIONS[name].behaviour : {}, { login: undefined });
    const { call } = await deviceWith(t, behaviour, { now: () => NOW });
    return /<localTime>(.*?)</.exec((await call('GET', '/ISAPI/System/time')).text)?.[1];
  };
  assert.equal(await localTime(), '2026-11-22T08:15:05+01:00');
  assert.equal(await localTime('clockAhead'), '2026-11-22T15:15:05+01:00');
  assert.equal(await localTime('clockBehind'), '2026-11-22T08:08:25+01:00');
  assert.equal(await localTime('clockUnset'), '1970-01-01T01:00:00+01:00');
});

test('the entry: each has one field that is not as it should be', async (t) => {
  const right = (await deviceWith(t, wellConfigured())).device.hosts.toString().split('\n');
  const differences = async (name: Name) => {
    const lines = (await sick(t, name)).device.hosts.toString().split('\n');
    assert.equal(lines.length, right.length);
    return lines.filter((line, at) => line !== right[at]);
  };
  assert.deepEqual(await differences('wrongPort'), ['<portNo>8090</portNo>']);
  assert.deepEqual(await differences('wrongPath'), ['<url>/alarm</url>']);
  assert.deepEqual(await differences('oldSecret'), ['<url>/Old1Secret2x/isapi</url>']);
  assert.deepEqual(await differences('wrongProtocol'), ['<protocolType>HTTPS</protocolType>']);
  assert.deepEqual(await differences('wrongAddress'), ['<ipAddress>198.51.100.99</ipAddress>']);
  assert.deepEqual(await differences('querystring'), [
    '<parameterFormatType>querystring</parameterFormatType>',
  ]);
  assert.equal((await differences('wrongAuthentication')).length, 2);
  assert.equal((await differences('noEntry')).length, 3);
  assert.ok((await differences('allSlotsTaken')).length > 8);
  assert.equal(statusOf(await (await sick(t, 'noListening')).call('GET', HOSTS)), '4/notSupport');
});

test('the device cannot reach us', async (t) => {
  const { call } = await sick(t, 'cannotReachUs');
  const slot = (await call('GET', `${HOSTS}/1`)).text;
  assert.match((await call('POST', `${HOSTS}/1/test`, slot)).text, /<errorCode>151</);
});

test('the events: not linked, off, never armed, nowhere', async (t) => {
  for (const [name, id] of [
    ['motionNotLinked', 'VMD-1'],
    ['lineNotLinked', 'linedetection-1'],
  ] as const) {
    const { device } = await sick(t, name);
    const notLinked = [...device.triggers].filter(([, document]) => !/>center</.test(String(document)));
    assert.deepEqual(new Set(notLinked.map(([own]) => own)), new Set([id, 'videoloss-1', 'IO-1']));
  }
  const text = async (name: Name, path: string) => (await (await sick(t, name)).call('GET', path)).text;
  assert.match(await text('detectorDisabled', MOTION), /<enabled>false/);
  assert.match(await text('regionEmpty', MOTION), /<gridMap>0{108}</);
  const week = '/ISAPI/Event/schedules/motionDetections/VMD_video1';
  assert.doesNotMatch(await text('scheduleEmpty', week), /<TimeBlock>/);
  assert.doesNotMatch(await text('scheduleZero', week), /24:00/);
});

/** What the stream begins with, and whether it was refused. */
function stream(
  port: number,
): Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; first: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port, host: '127.0.0.1', path: STREAM, agent: false }, (response) => {
      const { statusCode: status, headers } = response;
      const end = (first: string) => {
        request.destroy();
        resolve({ status, headers, first });
      };
      response.once('data', (chunk: Buffer) => end(chunk.toString()));
      setTimeout(end, 200, '');
    });
    request.on('error', reject);
  });
}

test('the stream beats, is silent, or is refused', async (t) => {
  const open = async (name?: Name) => {
    const behaviour = behaviourOf(name ? MISCONFIGURATIONS[name].behaviour : {}, { login: undefined });
    return stream((await deviceWith(t, behaviour)).device.port);
  };
  const healthy = await open();
  assert.equal(healthy.headers['content-type'], 'multipart/mixed; boundary=boundary');
  assert.equal(healthy.headers['transfer-encoding'], undefined);
  assert.match(healthy.first, /^--boundary\r\n[\s\S]*<eventType>videoloss</);
  const silent = await open('streamSilent');
  assert.deepEqual([silent.status, silent.first], [200, '']);
  const refused = await open('streamRefused');
  assert.equal(refused.status, 404);
  assert.match(refused.first, /deployExceedMax/);
});

test('the door: closed, HTTPS alone, a redirect, another server', async (t) => {
  const closed = await sick(t, 'portClosed');
  await assert.rejects(closed.call('GET', INFO), /ECONNREFUSED/);
  await assert.rejects((await sick(t, 'httpsOnly')).call('GET', INFO), /socket hang up|ECONNRESET/);
  const redirect = await (await sick(t, 'redirectToHttps')).call('GET', INFO);
  assert.deepEqual([redirect.status, redirect.headers.location], [302, 'https://192.0.2.17/']);
  const page = await (await sick(t, 'anotherServer')).call('GET', INFO);
  assert.deepEqual([page.status, page.headers['content-type']], [200, 'text/html']);
});

test('with a certificate the door speaks HTTPS', async (t) => {
  const behaviour = behaviourOf(MISCONFIGURATIONS.httpsOnly.behaviour, { login: undefined });
  const { device, call } = await deviceWith(t, behaviour, { certificate: selfSigned() });
  await assert.rejects(call('GET', INFO));
  const status = await new Promise((resolve, reject) => {
    const options = { port: device.port, path: INFO, rejectUnauthorized: false, agent: false };
    https
      .get(options, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });
  assert.equal(status, 200);
});

test('behaviour may change while a device runs', async (t) => {
  const { device, call } = await deviceWith(t, { login: undefined });
  assert.equal((await call('GET', HOSTS)).status, 200);
  device.behaviour.rights = 'guest';
  assert.equal((await call('GET', HOSTS)).status, 403);
  device.behaviour.login = { password: 'Another-1' };
  assert.equal((await call('GET', INFO)).status, 401);
  await device.close();
  await assert.rejects(call('GET', INFO), /ECONNREFUSED/);
  await device.open();
  assert.equal((await call('GET', INFO, undefined, 'Another-1')).status, 200);
});
