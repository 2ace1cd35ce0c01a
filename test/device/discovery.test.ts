import assert from 'node:assert/strict';
import { Socket } from 'node:dgram';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type DiscoveryOptions, discover } from '../../src/device/discovery.js';
import { AlarmError } from '../../src/errors.js';
import { sadp } from '../../src/vendors/isapi/sadp.js';
import { answerOf, freeUdpPort, HERE, macOf, open, senderTo, sniff } from '../support/sadp.js';

/** A device on this machine: whenever somebody asks the group, it answers the group. */
async function startDevice(t: TestContext, port: number, ...answers: (string | Buffer)[]) {
  const socket = await sniff(t, port, (text) => {
    if (!text.includes('<Probe>')) return;
    for (const answer of answers) socket.send(answer, port, sadp.group);
  });
}

const search = (port: number, options: DiscoveryOptions = {}) =>
  discover(sadp, { port, interfaces: [HERE], waitMs: 300, ...options });

const failure = (search: Promise<unknown>) =>
  search.then(
    () => assert.fail('it was no failure'),
    (error: unknown) => (error instanceof AlarmError ? error.code : error),
  );

test('devices are found, each once, by address, with what they say of themselves', async (t) => {
  const port = await freeUdpPort();
  const second = answerOf({
    MAC: macOf(2),
    IPv4Address: '192.0.2.30',
    DeviceDescription: 'DS-2',
    HttpPort: 81,
  });
  await startDevice(t, port, answerOf({ MAC: macOf(1), IPv4Address: '192.0.2.200', Activated: 'flase' }));
  await startDevice(t, port, second, second, second);
  await startDevice(t, port, answerOf({ MAC: macOf(3), IPv4Address: '0.0.0.0' }));
  await startDevice(t, port, answerOf({ MAC: macOf(4), IPv4Address: '192.0.2.4' }, 'Hello'));
  await startDevice(
    t,
    port,
    `<ProbeMatch><MAC>${macOf(5)}</MAC><IPv4Address>192.0.2.5</IPv4Address><Broken>`,
  );
  await startDevice(t, port, 'nonsense', Buffer.alloc(500), '<ProbeMatch/>', answerOf({ MAC: 'none' }));
  assert.deepEqual(await search(port), [
    // This one has no address of its own yet and is at the one it speaks from.
    { mac: '00:00:5e:00:00:03', address: HERE },
    { mac: '00:00:5e:00:00:04', address: '192.0.2.4' },
    { mac: '00:00:5e:00:00:05', address: '192.0.2.5' },
    { mac: '00:00:5e:00:00:02', address: '192.0.2.30', model: 'DS-2', httpPort: 81 },
    { mac: '00:00:5e:00:00:01', address: '192.0.2.200', activated: false },
  ]);
});

test('a second word of a device adds to the first and does not change it', async (t) => {
  const port = await freeUdpPort();
  await startDevice(
    t,
    port,
    answerOf({ MAC: macOf(1), IPv4Address: '192.0.2.1' }, 'Hello'),
    answerOf({ MAC: macOf(1), IPv4Address: '192.0.2.66', DeviceDescription: 'DS-1' }),
  );
  assert.deepEqual(await search(port), [{ mac: '00:00:5e:00:00:01', address: '192.0.2.1', model: 'DS-1' }]);
});

test('it asks once on each interface, with an inquiry, and passes over one that cannot', async (t) => {
  const port = await freeUdpPort();
  const heard: string[] = [];
  await sniff(t, port, (text) => heard.push(text));
  await startDevice(t, port, answerOf({ MAC: macOf(1), IPv4Address: '192.0.2.1' }));
  let number = 0;
  const interfaces = ['198.51.100.77', HERE, HERE];
  const devices = await search(port, { interfaces, newUuid: () => `aa-${++number}` });
  assert.equal(devices.length, 1);
  const probes = heard.filter((text) => text.includes('<Probe>'));
  assert.deepEqual(
    probes.map((text) => /<Uuid>(.*)<\/Uuid><Types>(.*)<\/Types>/.exec(text)?.slice(1)),
    [
      ['AA-1', 'inquiry'],
      ['AA-2', 'inquiry'],
    ],
  );
});

test('without a network it says so', async () => {
  const port = await freeUdpPort();
  assert.equal(await failure(search(port, { interfaces: [] })), 'DISCOVERY_FAILED');
  assert.equal(await failure(search(port, { interfaces: ['198.51.100.77'] })), 'DISCOVERY_FAILED');
  assert.equal(await failure(search(port, { group: '192.0.2.1' })), 'DISCOVERY_FAILED');
});

test('it shares its port with those that share, and says so when one does not', async (t) => {
  const port = await freeUdpPort();
  const other = await open(t, port);
  assert.deepEqual(await search(port, { waitMs: 20 }), []);
  other.removeAllListeners();
  const taken = await freeUdpPort();
  await open(t, taken, false);
  assert.equal(await failure(search(taken, { waitMs: 20 })), 'DISCOVERY_PORT_IN_USE');
});

test('a reader that fails ends the search and not the process', async (t) => {
  const port = await freeUdpPort();
  const read = () => assert.fail('broken');
  await startDevice(t, port, answerOf({ MAC: macOf(1) }));
  assert.equal(await failure(discover({ ...sadp, read }, { port, interfaces: [HERE] })), 'DISCOVERY_FAILED');
});

test('answers beyond 8 KiB are not read', async (t) => {
  const port = await freeUdpPort();
  const padded = (mac: string, length: number) => {
    const short = answerOf({ MAC: mac, IPv4Address: '192.0.2.1', Pad: '' });
    return short.replace('<Pad>', `<Pad>${'x'.repeat(length - short.length)}`);
  };
  await startDevice(t, port, padded(macOf(1), 8 * 1024), padded(macOf(2), 8 * 1024 + 1));
  assert.deepEqual(
    (await search(port)).map(({ mac }) => mac),
    ['00:00:5e:00:00:01'],
  );
});

test('however long it is told to wait, it takes 5 s', async (t) => {
  const port = await freeUdpPort();
  await startDevice(t, port, answerOf({ MAC: macOf(1) }));
  const begin = performance.now();
  assert.equal((await search(port, { waitMs: 60_000 })).length, 1);
  const took = performance.now() - begin;
  assert.ok(took > 4_900 && took < 5_500, `${took} ms`);
});

test('P38: of 10,000 forged answers 256 are kept, nobody is answered and nothing connected to', async (t) => {
  const port = await freeUdpPort();
  let connections = 0;
  const web = net.createServer((socket) => {
    connections++;
    socket.destroy();
  });
  web.listen(0, HERE);
  await once(web, 'listening');
  t.after(() => web.close());

  const forger = await open(t);
  let replies = 0;
  forger.on('message', () => replies++);
  const probes = new Set<string>();
  let others = 0;
  let forged = 0;
  await sniff(t, port, (text, from) => {
    if (from.port === forger.address().port) forged++;
    else if (text.includes('<Probe>')) probes.add(text);
    else others++;
  });
  const send = senderTo(forger, port);
  const flood = async () => {
    for (let number = 0; number < 10_000; number++) {
      const HttpPort = (web.address() as AddressInfo).port;
      await send(
        answerOf({ MAC: macOf(number), IPv4Address: `10.0.${number >> 8}.${number & 255}`, HttpPort }),
      );
    }
  };
  const sent = t.mock.method(Socket.prototype, 'send');
  for (const waitMs of [3_000, 200]) {
    const begin = performance.now();
    const [devices] = await Promise.all([search(port, { waitMs }), flood()]);
    assert.ok(performance.now() - begin < 5_000);
    assert.ok(devices.length > 0 && devices.length <= 256, `${devices.length} kept`);
    assert.equal(new Set(devices.map(({ mac }) => mac)).size, devices.length);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  // Whatever leaves this process and is not the forger's.
  assert.equal(sent.mock.calls.filter((call) => call.this !== forger).length, 2);
  assert.ok(forged > 1_000, `only ${forged} came through`);
  assert.deepEqual(
    { replies, others, connections, probes: probes.size },
    { replies: 0, others: 0, connections: 0, probes: 2 },
  );
});

test('a flood of one device and of nonsense is outlasted, and the others are found', async (t) => {
  const port = await freeUdpPort();
  await startDevice(t, port, answerOf({ MAC: macOf(7), IPv4Address: '192.0.2.7' }));
  const forger = await open(t);
  const send = senderTo(forger, port);
  let going = true;
  const flood = (async () => {
    for (let number = 0; going; number++) {
      await send(
        number % 2 === 0
          ? answerOf({ MAC: macOf(1), IPv4Address: '192.0.2.1' })
          : `<ProbeMatch>${'<'.repeat(4_000)}`,
      );
    }
  })();
  const begin = performance.now();
  const devices = await search(port, { waitMs: 1_000 });
  going = false;
  await flood;
  assert.ok(performance.now() - begin < 2_000);
  assert.deepEqual(
    devices.map(({ mac }) => mac),
    ['00:00:5e:00:00:01', '00:00:5e:00:00:07'],
  );
});
