import net from 'node:net';
import { type Tree, textOf } from './documents.js';

/** Longer than any answer of a network nearby, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Where a slot points to: its url when that is a whole one, else its address and port (isapi.md §8.3). */
export function targetOf(slot: Tree): { readonly host: string; readonly port: number } | undefined {
  const url = textOf(slot, 'url') ?? '';
  if (/^https?:\/\//i.test(url)) {
    if (!URL.canParse(url)) return undefined;
    const { hostname, port, protocol } = new URL(url);
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    };
  }
  const named = textOf(slot, 'addressingFormatType') === 'hostname';
  const address = textOf(slot, 'ipAddress') || textOf(slot, 'ipv6Address');
  const host = (named ? textOf(slot, 'hostName') : address) ?? '';
  const port = Number(textOf(slot, 'portNo') || 0);
  const isUnused = host === '' || host === '0.0.0.0';
  return isUnused || !(port > 0 && port < 65_536) ? undefined : { host, port };
}

/** Opens a connection and closes it again: no request is sent (isapi.md §8.6). */
export function canConnect({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: PATIENCE_MS });
    const end = (connected: boolean) => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

/** 151 is the device's number for a server that it cannot connect to (isapi.md §8.6). */
export function testResult(connected: boolean, format: 'xml' | 'json', namespace: string): string {
  const [code, description] = connected ? [0, 'ok'] : [151, 'connect server fail'];
  if (format === 'json') {
    const HttpHostTestResult = { errorCode: code, errorDescription: description };
    return `${JSON.stringify({ HttpHostTestResult }, undefined, '\t')}\n`;
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<HttpHostTestResult ${namespace}>\n<errorCode>${code}</errorCode>\n<errorDescription>${description}</errorDescription>\n</HttpHostTestResult>\n`;
}
