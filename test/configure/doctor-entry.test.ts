import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEntry } from '../../src/configure/doctor/entry.js';
import { LIMITS } from '../../src/limits.js';
import { cameraHosts } from '../../src/simulator/configurable/factory-hosts.js';
import { UNKNOWN_CAPABILITIES } from '../../src/vendors/isapi/host-capabilities.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { TARGET } from './support.js';

test('an entry without what is only good to have is right, with a login too', () => {
  const entry = { address: TARGET.host, port: TARGET.port, url: TARGET.path };
  const login = { auth: 'digest', username: 'camera', password: 'x' } as const;
  const can = { ...UNKNOWN_CAPABILITIES, pictures: ['binary'], heartbeat: { least: 1, most: 60 } };
  for (const [used, target] of [
    [entry, TARGET],
    [
      { ...entry, username: 'camera', authentication: 'MD5digest' },
      { ...TARGET, ...login },
    ],
  ] as const) {
    const list = cameraHosts([used]).replace('<parameterFormatType>XML</parameterFormatType>\n', '');
    const { checks, right } = checkEntry(new HttpHosts(Buffer.from(list), LIMITS), target, can);
    assert.deepEqual(
      checks.map(({ result }) => result),
      ['ok', 'ok'],
    );
    assert.equal(right?.id, '1');
  }
});
