import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { DatagramTarget } from '../../src/simulator/recorder/datagram.js';
import { EventPushRecorder } from '../../src/simulator/recorder/event-push-recorder.js';
import { lineCrossing, motion } from '../../src/simulator/recorder/scenes.js';
import { flatObject, OBJECT } from '../../src/simulator/recorder/smart-pictures.js';
import { Mailbox } from '../support/mailbox.js';

interface Receiver {
  readonly socket: Socket;
  readonly port: number;
  readonly datagrams: Mailbox<Buffer>;
}

async function receiver(t: TestContext, host = '0.0.0.0', type: 'udp4' | 'udp6' = 'udp4'): Promise<Receiver> {
  const socket = createSocket(type);
  t.after(() => socket.close());
  const datagrams = new Mailbox<Buffer>();
  socket.on('message', (bytes) => datagrams.put(bytes));
  socket.bind(0, host);
  await once(socket, 'listening');
  return { socket, port: socket.address().port, datagrams };
}

const GROUP = '239.255.53.31';
const WAYS: ReadonlyArray<readonly [string, Omit<DatagramTarget, 'port'>]> = [
  ['to one address', { mode: 'unicast', host: '127.0.0.1' }],
  ['from an address of its own', { mode: 'unicast', host: '127.0.0.1', from: '127.0.53.31' }],
  ['to everybody of a network', { mode: 'broadcast', host: '127.255.255.255' }],
  ['to a group, by a network card', { mode: 'multicast', host: GROUP, from: '127.0.0.1' }],
];

for (const [name, way] of WAYS) {
  test(`a simulated recorder sends one datagram ${name}`, async (t) => {
    const { socket, port, datagrams } = await receiver(t);
    if (way.mode === 'multicast') socket.addMembership(GROUP, '127.0.0.1');
    const sender = once(socket, 'message');
    const recorder = new EventPushRecorder();
    await recorder.cast({ ...way, port }, lineCrossing(recorder, true));
    const { data } = JSON.parse(String(await datagrams.take()));
    // The picture is still named, and does not come: nothing says that recorders know better.
    assert.equal(data.alarm_list[0].channel_alarm[0].int_alarm_ex[0].take_alarm_snap, 701);
    assert.equal(data.alarm_snap_data, undefined);
    const [, from] = (await sender) as [Buffer, { address: string }];
    assert.equal(from.address, way.from ?? '127.0.0.1');
    assert.equal(datagrams.size, 0);
  });
}

test('a simulated recorder sends the flat form by IPv6, without its picture', async (t) => {
  const { port, datagrams } = await receiver(t, '::1', 'udp6');
  const recorder = new EventPushRecorder();
  const shot = { channel: 1, label: 'CH1', id: 1, moment: recorder.moment, type: OBJECT.human };
  const SnapedObjInfo = flatObject({ ...shot, object: 'gate-target', background: 'gate-scene' });
  const alarm = { ...motion(true), picture: { SnapedObjInfo } };
  await recorder.castFlat({ mode: 'unicast', host: '::1', port }, alarm);
  const { data } = JSON.parse(String(await datagrams.take()));
  assert.deepEqual([data.EventType, data.EventAction, data.PicData], ['VideoMotion', 'start', undefined]);
});

test('a simulated recorder says what the system refused', async () => {
  const recorder = new EventPushRecorder();
  const target = { mode: 'unicast', host: '127.255.255.255', port: 5000 } as const;
  await assert.rejects(recorder.castFlat(target, motion(true)), { code: 'EACCES' });
});
