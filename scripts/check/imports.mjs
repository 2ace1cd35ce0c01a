import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files.mjs';

/** The house: each room may import from itself and from the rooms named here. The pipe runs one way. */
const ROOMS = {
  types: ['types'],
  wording: ['types'],
  wire: ['types'],
  vendors: ['types', 'wire'],
  inbox: ['types', 'wording'],
  sources: ['types', 'wire', 'inbox'],
  archive: ['types', 'wording'],
  routing: ['types', 'wording', 'wire'],
  format: ['types', 'wording'],
  device: ['types', 'wire'],
  configure: ['types', 'wire', 'vendors', 'device'],
  simulator: ['types', 'wire'],
  door: [
    'types',
    'wire',
    'wording',
    'vendors',
    'inbox',
    'sources',
    'archive',
    'routing',
    'format',
    'device',
    'configure',
  ],
  stage: ['types', 'simulator'],
  nodes: ['door'],
  players: ['nodes', 'door', 'stage'],
};

/** The nodes that play alarms, which alone may know the simulator: by its own door, src/simulator/index.ts. */
const PLAYERS = ['nodes/alarm-simulate.ts', 'nodes/lib/simulate.ts'];

/** A vendor or a parser has no business with sockets, files, clocks or other processes. */
const PURE = ['types', 'wire', 'vendors', 'wording', 'format'];
const IMPURE = /^node:(net|http|https|tls|dgram|fs|fs\/promises|child_process|worker_threads|dns|os)$/;

/** Where the usual limits are taken when none are given; all else is given them, or settings.js would not reach it. */
const USUAL_LIMITS = [
  'src/index.ts',
  'src/device/device-client.ts',
  'src/device/discovery.ts',
  'src/routing/pairing.ts',
  'src/routing/picture-fetch.ts',
  'src/sources/alert-stream.ts',
  'src/sources/http-listener.ts',
  'src/sources/udp-listener.ts',
  'nodes/lib/limits.ts',
];

const TYPES = [
  'attachment.ts',
  'bare-event.ts',
  'clock.ts',
  'errors.ts',
  'event.ts',
  'event-id.ts',
  'limits.ts',
  'notification.ts',
  'severity.ts',
  'stream-sink.ts',
  'topic.ts',
];

function roomOf(file) {
  if (PLAYERS.includes(file)) return 'players';
  if (file.startsWith('nodes/')) return 'nodes';
  if (file === 'src/simulator/index.ts') return 'stage';
  const [, first, second] = file.split('/');
  if (second !== undefined) return first;
  if (first === 'index.ts') return 'door';
  if (first === 'wording.ts') return 'wording';
  return TYPES.includes(first) ? 'types' : `no room for ${first}`;
}

const vendorOf = (file) => /^src\/vendors\/([^/]+)\//.exec(file)?.[1];

/** Checks who imports whom (house.md §2). Returns what breaks the law. */
export function checkImports(root) {
  const findings = [];
  for (const file of [...filesBelow(root, 'src', '.ts'), ...filesBelow(root, 'nodes', '.ts')]) {
    const room = roomOf(file);
    const text = readFileSync(path.join(root, file), 'utf8');
    const limits =
      /(?:import|export) \{[^}]*\b(?:DEVICE_)?LIMITS\b[^}]*\} from '[./]*(?:limits|index)\.js'/.test(text);
    if (limits && room !== 'simulator' && !USUAL_LIMITS.includes(file))
      findings.push(`${file} takes the usual limits: they are a parameter`);
    for (const [, name] of text.matchAll(/(?:from|import|require\()\s*['"]([^'"]+)['"]/g)) {
      const say = (why) => findings.push(`${file} imports ${name}: ${why}`);
      if (!name.startsWith('.')) {
        if (/node-red/.test(name) && room !== 'nodes' && room !== 'players')
          say('only nodes/ knows Node-RED');
        if (PURE.includes(room) && IMPURE.test(name)) say(`${room} is pure`);
        if (name === 'fast-xml-parser' && file !== 'src/wire/xml.ts') say('only wire/xml.ts parses XML');
        continue;
      }
      const target = path.posix.join(path.posix.dirname(file), name.replace(/\.js$/, '.ts'));
      const to = roomOf(target);
      if (to !== room && !(ROOMS[room] ?? []).includes(to)) say(`${room} may not import ${to}`);
      if (vendorOf(file) && vendorOf(target) && vendorOf(file) !== vendorOf(target))
        say('a vendor may not import another');
    }
  }
  return findings;
}
