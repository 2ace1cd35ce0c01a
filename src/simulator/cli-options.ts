import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import type { PushTarget } from './http-push.js';
import type { DatagramTarget } from './recorder/datagram.js';

/** How long between two alarms, in milliseconds, and how many; 0 for no end. */
export interface Pace {
  readonly pause: number;
  readonly count: number;
}

/** What was asked for on the command line. */
export type Options = Pace &
  (
    | { readonly kind: 'push' | 'recorder' | 'vstarcam'; readonly target: PushTarget }
    | { readonly kind: 'stream'; readonly port: number }
    | { readonly kind: 'udp'; readonly target: DatagramTarget }
  );

const KINDS = ['url', 'stream', 'recorder', 'udp', 'vstarcam'] as const;

/**
 * Reads the command line.
 * @param args what stands behind the name of the program
 * @returns undefined for one that makes no sense, or that asks for help
 * @throws what Node.js says of an unknown option or a broken URL
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      stream: { type: 'string' },
      recorder: { type: 'string' },
      udp: { type: 'string' },
      vstarcam: { type: 'string' },
      every: { type: 'string', default: '5' },
      count: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  const asked = KINDS.filter((kind) => values[kind] !== undefined);
  const [kind] = asked;
  if (values.help || kind === undefined || asked.length > 1) return undefined;
  const pace = { pause: Number(values.every) * 1000, count: Number(values.count) };
  if (!(pace.pause >= 0) || !(pace.count >= 0)) return undefined;
  const value = values[kind] ?? '';
  if (kind === 'url') return { kind: 'push', target: pushTarget(value), ...pace };
  if (kind === 'recorder' || kind === 'vstarcam') return { kind, target: pushTarget(value), ...pace };
  if (kind === 'udp') return { kind, target: datagramTarget(value), ...pace };
  const port = Number(value);
  const valid = Number.isInteger(port) && port >= 0 && port <= 65_535;
  return valid ? { kind, port, ...pace } : undefined;
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

function pushTarget(text: string): PushTarget {
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  return { host: hostOf(url), port, path: url.pathname + url.search, tls: secure };
}

function datagramTarget(text: string): DatagramTarget {
  const url = new URL(`udp://${text}`);
  const host = hostOf(url);
  return { mode: modeOf(host), host, port: Number(url.port || 5000) };
}

/** Groups are known by their address; so is everybody of the usual networks, which have 256 addresses. */
function modeOf(host: string): DatagramTarget['mode'] {
  const first = Number(host.split('.', 1)[0]);
  if (isIP(host) === 6) return host.toLowerCase().startsWith('ff') ? 'multicast' : 'unicast';
  if (isIP(host) === 0 || first < 224) return host.endsWith('.255') ? 'broadcast' : 'unicast';
  return first < 240 ? 'multicast' : 'broadcast';
}
