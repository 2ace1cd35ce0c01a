import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { GENERATIONS } from '../../src/simulator/configurable/generations.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { configurable, SECRET, TARGET } from './support.js';

for (const [name, generation] of Object.entries(GENERATIONS)) {
  test(`${name}: planned without a change, applied, proved, applied again for nothing, and restored`, async (t) => {
    const { device, configurator, backups, writes } = await configurable(t, generation);
    const before = device.hosts;
    const plan = await configurator().plan();
    assert.ok(plan.difference.length > 0);
    assert.equal(plan.changed, false);
    assert.deepEqual(writes(), []);
    assert.deepEqual(device.hosts, before);

    const asked = device.requests.length;
    const applied = await configurator().apply();
    const { length } = device.requests.slice(asked);
    assert.ok(length <= 8, `${length} requests`);
    assert.equal(applied.changed, true);
    assert.deepEqual(applied.difference, plan.difference);
    assert.equal(applied.url, `http://192.0.2.10:8089/${SECRET}/isapi`);
    const slot = new HttpHosts(device.hosts, LIMITS).slot(applied.slot ?? '');
    assert.deepEqual([slot?.host, slot?.port, slot?.path], [TARGET.host, TARGET.port, TARGET.path]);
    assert.match(slot?.field('parameterFormatType') ?? '', /^(?:XML|json)$/i);

    const again = await configurator().apply();
    assert.deepEqual([again.changed, again.difference], [false, []]);
    assert.equal(backups.all.size, 1);

    const restored = await configurator().restore();
    assert.equal(restored.changed, true);
    assert.equal(device.hosts.toString(), before.toString());
    assert.equal(backups.all.size, 0);
    assert.equal(device.login.wrong, 0);
  });
}
