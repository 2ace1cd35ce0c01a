import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmErrorCode } from '../../src/errors.js';
import { LIMITS } from '../../src/limits.js';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import type { PushTarget } from '../../src/vendors/isapi/host-changes.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { configurable, SECRET, TARGET } from './support.js';

interface Expected {
  /** Undefined when the device is set up in spite of it. */
  readonly code?: AlarmErrorCode;
  readonly message?: RegExp;
  readonly remark?: RegExp;
  readonly target?: Partial<PushTarget>;
  /** It does not take back what it left the factory with: its place is free again. */
  readonly freed?: boolean;
  /** Most writes that are tried. */
  readonly writes?: number;
}

const NO_TEST = /^the device has no test of its own/;
const NOT_REACHED = /^the device does not reach the listener/;

const EXPECTED: Readonly<Record<keyof typeof FAULTS, Expected>> = {
  listPutRefused: {},
  listPutBadContent: {},
  fewerSlotsBadContent: {},
  singleNotFound: {},
  singlePutRefused: {},
  singlePutNotAllowed: {},
  capabilitiesForbidden: {},
  capabilitiesTrue: {},
  capabilitiesBroken: {},
  jsonNotFound: {},
  jsonIgnored: {},
  testError: { remark: NO_TEST },
  testForbidden: { remark: NO_TEST },
  testFails: { remark: NOT_REACHED },
  testFailsAsStatus: { remark: NOT_REACHED, target: { host: '127.0.0.1', port: 9 } },
  httpsRefused: { target: { tls: true }, code: 'CONFIG_REFUSED', message: /HTTP alone/ },
  hostNameRefused: {
    target: { host: 'home.example' },
    code: 'CONFIG_REFUSED',
    message: /IPv4 addresses alone/,
  },
  lowPortRefused: { target: { port: 443 }, code: 'CONFIG_REFUSED', message: /from 1024/ },
  urlShort: { code: 'CONFIG_URL_TOO_LONG', message: /19 letters; the device takes 16/, writes: 0 },
  urlShortUnsaid: {
    code: 'CONFIG_REFUSED',
    target: { path: `/${SECRET}/isapi/of/the/gate/of/the/yard` },
    message: /path may be too long/,
  },
  urlAbsolute: { freed: true },
  rebootRequired: { remark: /has to be restarted/ },
  storesNothing: { code: 'CONFIG_NOT_STORED' },
  forgets: {},
  emptyRefused: {},
  heartbeatNarrow: {},
  allSlotsTaken: {
    code: 'CONFIG_NO_SLOT',
    message: /1: 203\.0\.113\.31:8000, 2: 203\.0\.113\.32:443, 3: /,
    writes: 0,
  },
  loginPage: { code: 'CONFIG_UNREADABLE', writes: 0 },
  truncated: { code: 'CONFIG_UNREADABLE', writes: 0 },
  otherRoot: { code: 'CONFIG_UNREADABLE', writes: 0 },
  hangs: { code: 'DEVICE_TIMEOUT', writes: 0 },
  writesAndHangs: {},
  busyOnce: {},
  writingFails: { code: 'CONFIG_BUSY', writes: 1 },
  // Of events, which are not looked at here.
  missingTriggerSaid: {},
  notificationsRefused: {},
  streamRefused: {},
  triggerListFails: {},
  recurrenceRefused: {},
  triggerPutRefused: {},
};

for (const [name, fault] of Object.entries(FAULTS)) {
  const {
    code,
    message,
    remark,
    freed,
    target = {},
    writes: most = 12,
  } = EXPECTED[name as keyof typeof FAULTS];
  test(`${name}: ${code ?? 'set up all the same, and restored'}`, async (t) => {
    const { device, configurator, writes } = await configurable(t, fault);
    const before = device.hosts.toString();
    if (code !== undefined) {
      await assert.rejects(configurator(target).apply(), (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message ?? /./);
        assert.doesNotMatch(error.message, new RegExp(SECRET));
        return true;
      });
      assert.equal(device.hosts.toString(), before);
      assert.ok(writes().length <= most, `${writes().length} writes`);
    } else {
      const result = await configurator(target).apply();
      assert.equal(result.changed, true);
      if (remark !== undefined)
        assert.ok(
          result.remarks.some((each) => remark.test(each)),
          String(result.remarks),
        );
      if (name === 'rebootRequired') device.reboot();
      const slot = new HttpHosts(device.hosts, LIMITS).slot(result.slot ?? '');
      assert.deepEqual([slot?.host, slot?.path], [target.host ?? TARGET.host, TARGET.path]);
      await configurator(target).restore();
      if (name === 'rebootRequired') device.reboot();
      if (freed) assert.ok(new HttpHosts(device.hosts, LIMITS).slot(result.slot ?? '')?.isFree);
      else assert.equal(device.hosts.toString(), before);
    }
    assert.equal(device.login.wrong, 0);
  });
}
