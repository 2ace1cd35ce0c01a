import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { UdpSettings } from '../../src/sources/udp-listener.js';
import { type SendOrder, UdpChild } from '../support/udp-child.js';
import type { ReceiverPlan, UdpReport } from '../support/udp-receiver.js';
import { xml } from './samples.js';

const GROUP = '239.192.0.10';
const REJOIN_MS = 200;
const COUNT = 100;

/** Where a device sends from and receivers receive. */
interface Network {
  readonly what: string;
  readonly device: string;
  readonly receiver: string;
  readonly broadcast: string;
  /** Of the process that sends, and of those that receive; the one of this machine unless given. */
  readonly namespaces?: readonly [string, string];
  /** Takes the network away from under the receivers, and brings it back. */
  interrupt(receivers: readonly UdpChild<UdpReport>[]): Promise<void>;
  remove(): void;
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** Two machines with a cable between them. @throws where we may not make networks */
function cabled(): Network {
  const names = [`ca-${process.pid}-a`, `ca-${process.pid}-b`] as const;
  const [sending, receiving] = names;
  const remove = () => {
    for (const name of names) {
      try {
        ip('netns', 'del', name);
      } catch {
        // It was not made.
      }
    }
  };
  const plug = () => {
    ip('link', 'add', 'cable', 'netns', sending, 'type', 'veth', 'peer', 'name', 'cable', 'netns', receiving);
    for (const [index, name] of names.entries()) {
      ip('-n', name, 'addr', 'add', `192.0.2.${index + 1}/24`, 'broadcast', '192.0.2.255', 'dev', 'cable');
      ip('-n', name, 'link', 'set', 'cable', 'up');
    }
  };
  try {
    for (const name of names) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    plug();
  } catch (error) {
    remove();
    throw error;
  }
  return {
    what: 'two network namespaces with a cable between them',
    device: '192.0.2.1',
    receiver: '192.0.2.2',
    broadcast: '192.0.2.255',
    namespaces: names,
    interrupt: async () => {
      ip('-n', sending, 'link', 'del', 'cable');
      plug();
    },
    remove,
  };
}

/** Where we may not make networks: the loopback network, whose memberships are taken away in place of a link. */
function loopback(): Network {
  return {
    what: 'the loopback network',
    device: '127.0.0.1',
    receiver: '127.0.0.1',
    broadcast: '127.255.255.255',
    interrupt: async (receivers) => {
      for (const receiver of receivers) {
        receiver.tell({});
        while (!('lost' in (await receiver.reports.take())));
      }
    },
    remove: () => undefined,
  };
}

function makeNetwork(): Network {
  try {
    return cabled();
  } catch {
    return loopback();
  }
}

for (const make of [makeNetwork, loopback]) {
  let network: Network;

  /** Receivers on one port, ready to receive. */
  async function receive(t: TestContext, settings: Partial<UdpSettings>, count: number) {
    let port = 0;
    const receivers: UdpChild<UdpReport>[] = [];
    for (let each = 0; each < count; each++) {
      const plan: ReceiverPlan = {
        settings: { port, mode: 'unicast', group: '', interface: '', allow: '', ...settings },
        limits: { udpJoinMs: REJOIN_MS, udpPerSender: 10_000, listenRetryMs: 20 },
      };
      const receiver = new UdpChild<UdpReport>(
        t,
        'udp-receiver.js',
        [JSON.stringify(plan)],
        network.namespaces?.[1],
      );
      const ready = await receiver.reports.take();
      port = 'port' in ready ? ready.port : assert.fail(JSON.stringify(ready));
      receivers.push(receiver);
    }
    const device = new UdpChild<{ sent: number; error?: string }>(
      t,
      'udp-sender.js',
      [],
      network.namespaces?.[0],
    );
    const send = async (to: string, count: number, number: number) => {
      const order: SendOrder = { from: network.device, to, port, text: xml(number), count };
      device.tell(order);
      return device.reports.take();
    };
    return { receivers, send };
  }

  /** The number of the next alarm; what was sent before with another number is passed over. */
  async function heard(receiver: UdpChild<UdpReport>, number: number): Promise<void> {
    for (;;) {
      const report = await receiver.reports.take();
      if (!('count' in report)) assert.fail(JSON.stringify(report));
      if (report.count !== number) continue;
      assert.equal(report.address, network.device);
      return;
    }
  }

  async function allHear(t: TestContext, settings: Partial<UdpSettings>, to: string, count: number) {
    const { receivers, send } = await receive(t, settings, count);
    assert.deepEqual(await send(to, COUNT, 1), { sent: COUNT });
    for (const receiver of receivers) for (let each = 0; each < COUNT; each++) await heard(receiver, 1);
    assert.deepEqual(await send(to, 1, 2), { sent: 1 });
    for (const receiver of receivers) await heard(receiver, 2);
  }

  describe(`UDP over ${make === loopback ? 'the loopback network' : 'a network of our own'}`, () => {
    before((t) => {
      network = make();
      if ('diagnostic' in t) t.diagnostic(network.what);
    });
    after(() => network.remove());

    it('unicast reaches its receiver', (t) =>
      allHear(t as TestContext, { interface: network.receiver }, network.receiver, 1));

    it('unicast reaches a receiver on all networks', (t) =>
      allHear(t as TestContext, {}, network.receiver, 1));

    for (const own of ['the chosen network', 'all networks']) {
      it(`a multicast group on ${own} reaches both receivers in it`, (t) => {
        const chosen = own === 'all networks' ? '' : network.receiver;
        return allHear(t as TestContext, { mode: 'multicast', group: GROUP, interface: chosen }, GROUP, 2);
      });
    }

    it('a broadcast to everyone reaches both receivers', (t) =>
      allHear(t as TestContext, { mode: 'broadcast' }, '255.255.255.255', 2));

    it('a broadcast to the network reaches both receivers', (t) =>
      allHear(t as TestContext, { mode: 'broadcast', interface: network.receiver }, network.broadcast, 2));

    it('a group is heard again when its link was taken away and came back', async (t) => {
      const { receivers, send } = await receive(t as TestContext, { mode: 'multicast', group: GROUP }, 2);
      await send(GROUP, 1, 1);
      for (const receiver of receivers) await heard(receiver, 1);
      for (let round = 2; round <= 4; round++) {
        await network.interrupt(receivers);
        // Sent again and again, as by a device that knows of nothing: the first ones find nobody.
        let done = false;
        const hearing = Promise.all(receivers.map((receiver) => heard(receiver, round))).finally(() => {
          done = true;
        });
        while (!done) {
          await send(GROUP, 1, round);
          await new Promise((resolve) => setTimeout(resolve, REJOIN_MS / 10));
        }
        await hearing;
      }
    });
  });
}
