import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Aedes } from 'aedes';

/** What a client published. */
export interface Published {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
}

/** An MQTT broker on this machine. */
export interface Broker {
  readonly port: number;
  stop(): Promise<void>;
}

/** @param port any free one unless given */
export async function startBroker(onPublish: (published: Published) => void, port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  aedes.on('publish', ({ topic, payload, qos, retain }) => {
    // The broker's own are about its clients.
    if (!topic.startsWith('$SYS/')) onPublish({ topic, payload: Buffer.from(payload), qos, retain });
  });
  const server = net.createServer(aedes.handle).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}
