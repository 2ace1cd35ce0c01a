import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import { promise } from './support/promise.js';

const CLOSED = { secret: '', auth: 'none', username: '', password: '', allow: '' } as const;
/** Reachable from other machines. */
const EVERYWHERE = ['0.0.0.0', '::', '192.0.2.10', 'camera-server', ''];
const HERE = ['127.0.0.1', '127.9.9.9', '::1', 'localhost'];
/** Each of them is a lock of its own. */
const LOCKS = [
  { secret: 'k3v9x2m4q7w1' },
  { auth: 'basic', username: 'camera', password: 'pass' },
  { auth: 'digest', username: 'camera', password: 'pass' },
  { allow: '192.0.2.0/24' },
] as const;

promise(
  'P40',
  'a listener that anyone could send to is refused',
  async ({ build, figure }) => {
    const { Access } = build.load<typeof import('../../src/sources/access.js')>('src/sources/access.js');
    const open = (host: string, lock: object = {}) =>
      new Access({ ...CLOSED, ...lock }, host, LIMITS, () => 0);
    for (const host of EVERYWHERE) {
      assert.throws(() => open(host), { code: 'LISTENER_OPEN' }, `open at ${host}`);
      for (const lock of LOCKS) assert.ok(open(host, lock), `${host} with ${Object.keys(lock)[0]}`);
    }
    for (const host of HERE) assert.ok(open(host), host);
    figure(
      `${EVERYWHERE.length} open settings refused, ${EVERYWHERE.length * LOCKS.length + HERE.length} locked ones taken`,
    );
  },
  [
    {
      what: 'does not look whether it is open',
      file: 'src/sources/access.js',
      from: "if (open && !isLoopback(host))\n            throw new errors_js_1.AlarmError('LISTENER_OPEN');",
      to: '',
    },
    {
      what: 'takes every address for its own machine',
      file: 'src/sources/access.js',
      from: "return host === 'localhost'",
      to: "return host !== ''",
    },
  ],
);
