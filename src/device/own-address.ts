import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { AlarmError } from '../errors.js';

/**
 * The address of this machine on the route to a device: what the device can reach it by. Nothing is sent.
 * @param host of the device, an IP address or a name
 * @throws AlarmError `CONFIG_ADDRESS_UNKNOWN`
 */
export async function ownAddressTowards(host: string, port: number): Promise<string> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    // Of a datagram socket this only looks up the route, RFC 1122 §3.3.4.2.
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket.address().address;
  } catch (error) {
    throw new AlarmError('CONFIG_ADDRESS_UNKNOWN', undefined, { cause: error });
  } finally {
    socket.close();
  }
}
