import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { DeviceClient } from '../../src/device/device-client.js';
import type { AlarmError } from '../../src/errors.js';
import { StreamDevice } from '../../src/simulator/alert-stream.js';
import { USUAL_RULES } from '../../src/simulator/login.js';
import { selfSigned } from '../sources/certificate.js';

const PATH = '/ISAPI/System/deviceInfo';

test('a pinned certificate is taken without a signature, any other is refused before a byte is sent', async (t) => {
  const certificate = selfSigned();
  const device = await StreamDevice.start({}, { certificate });
  t.after(() => device.close());
  const { fingerprint256 } = new X509Certificate(certificate.cert);
  const { username, password } = USUAL_RULES;
  const client = (
    fingerprint: string | undefined,
    verifyTls: boolean,
    protocol: 'http' | 'https' = 'https',
  ) => {
    const made = new DeviceClient({
      protocol,
      host: '127.0.0.1',
      port: device.port,
      verifyTls,
      username,
      password,
      ...(fingerprint !== undefined && { fingerprint }),
    });
    t.after(() => made.close());
    return made;
  };
  for (const spelling of [fingerprint256, fingerprint256.replaceAll(':', '').toLowerCase()]) {
    assert.equal((await client(spelling, true).request({ path: PATH })).status, 200);
  }
  const { requests } = device.counts;
  const other = new X509Certificate(selfSigned().cert).fingerprint256;
  for (const verifyTls of [true, false]) {
    const refused = client(other, verifyTls).request({ path: PATH });
    await assert.rejects(refused, (error) => (error as AlarmError).code === 'DEVICE_FINGERPRINT');
  }
  await assert.rejects(
    client(undefined, true).request({ path: PATH }),
    (error) => (error as AlarmError).code === 'DEVICE_TLS',
  );
  assert.equal(device.counts.requests, requests);
});

test('a pinned device that is switched off is told as that', async (t) => {
  const device = await StreamDevice.start({}, { certificate: selfSigned() });
  const settings = { protocol: 'https', host: '127.0.0.1', port: device.port, verifyTls: true } as const;
  const client = new DeviceClient({ ...settings, ...USUAL_RULES, fingerprint: '0'.repeat(64) });
  t.after(() => client.close());
  await device.close();
  await assert.rejects(
    client.request({ path: PATH }),
    (error) => (error as AlarmError).code === 'DEVICE_REFUSED',
  );
});

test('a device whose heads only we read, switched off later, is told as that', async (t) => {
  const device = await StreamDevice.start({ bareLf: true });
  const settings = { protocol: 'http', host: '127.0.0.1', port: device.port, verifyTls: true } as const;
  const client = new DeviceClient({ ...settings, ...USUAL_RULES });
  t.after(() => client.close());
  assert.equal((await client.request({ path: PATH })).status, 200);
  await device.close();
  await assert.rejects(
    client.request({ path: PATH }),
    (error) => (error as AlarmError).code === 'DEVICE_REFUSED',
  );
});

test('plain HTTP has no certificate: nothing is sent to it when one is pinned', async (t) => {
  const device = await StreamDevice.start();
  t.after(() => device.close());
  const fingerprint = '0'.repeat(64);
  const settings = {
    protocol: 'http',
    host: '127.0.0.1',
    port: device.port,
    verifyTls: true,
    fingerprint,
  } as const;
  const client = new DeviceClient({ ...settings, username: 'admin', password: 'x' });
  t.after(() => client.close());
  const asked = client.request({ path: PATH });
  await assert.rejects(asked, (error) => (error as AlarmError).code === 'DEVICE_FINGERPRINT');
  assert.equal(device.counts.requests, 0);
});
