import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../src/simulator/cli-options.js';

test('what the simulator is asked to do, with its target', () => {
  const pace = { pause: 5000, count: 0 };
  const cases: ReadonlyArray<readonly [string, object]> = [
    [
      '--url http://[::1]/x/isapi?a=b',
      { kind: 'push', target: { host: '::1', port: 80, path: '/x/isapi?a=b', tls: false } },
    ],
    [
      '--recorder https://example.com/x/push',
      { kind: 'recorder', target: { host: 'example.com', port: 443, path: '/x/push', tls: true } },
    ],
    [
      '--vstarcam http://192.0.2.5:8089/x/vstarcam',
      { kind: 'vstarcam', target: { host: '192.0.2.5', port: 8089, path: '/x/vstarcam', tls: false } },
    ],
    ['--stream 0', { kind: 'stream', port: 0 }],
    ['--udp 192.0.2.5', { kind: 'udp', target: { mode: 'unicast', host: '192.0.2.5', port: 5000 } }],
  ];
  for (const [line, expected] of cases) {
    assert.deepEqual(readOptions(line.split(' ')), { ...expected, ...pace }, line);
  }
  const hurried = readOptions(['--stream', '0', '--every', '0.5', '--count', '3']);
  assert.deepEqual([hurried?.pause, hurried?.count], [500, 3]);
});

for (const [host, mode] of [
  ['192.0.2.5', 'unicast'],
  ['nodered.local', 'unicast'],
  ['[2001:db8::5]', 'unicast'],
  ['192.0.2.255', 'broadcast'],
  ['255.255.255.255', 'broadcast'],
  ['239.192.0.10', 'multicast'],
  ['239.192.0.255', 'multicast'],
  ['[ff02::5]', 'multicast'],
] as const) {
  test(`datagrams to ${host} are ${mode}`, () => {
    const options = readOptions(['--udp', `${host}:6000`]);
    assert.ok(options?.kind === 'udp');
    assert.deepEqual([options.target.mode, options.target.port], [mode, 6000]);
  });
}

test('a command line that makes no sense is not followed', () => {
  for (const line of ['', '--help', '--stream 0 --udp 192.0.2.5', '--stream 70000', '--stream 0 --every x']) {
    assert.equal(readOptions(line.split(' ').filter((word) => word !== '')), undefined, line);
  }
  for (const line of ['--what', '--url nowhere', '--udp 192.0.2.5:70000']) {
    assert.throws(() => readOptions(line.split(' ')), line);
  }
});
