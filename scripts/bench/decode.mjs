// What reading a document costs: our whole decode (character set, parse, check, normalise) beside a bare
// fast-xml-parser on the same bytes, and the recognition of a heartbeat beside reading it. Rounds by turns.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { LIMITS } from '../../dist/src/limits.js';
import { heartbeat } from '../../dist/src/vendors/isapi/heartbeat.js';
import { isapi } from '../../dist/src/vendors/isapi/index.js';
import { BodyReader } from '../../dist/src/wire/body.js';

const FIXTURES = path.join(import.meta.dirname, '../../test/fixtures/isapi');
const DOCUMENTS = [
  ['alert', 'vmd-camera-crlf'],
  ['ANPR', 'anpr-all-fields'],
  ['heartbeat', 'heartbeat-camera'],
];
const ROUNDS = 15;
const ROUND_MS = 100;

/** The first XML document of a fixture. */
function documentOf(name) {
  const raw = readFileSync(path.join(FIXTURES, `${name}.http`));
  const start = raw.indexOf('\r\n\r\n') + 4;
  const contentType = /^content-type:\s*(.*)$/im.exec(raw.subarray(0, start).toString('latin1'))?.[1];
  const reader = new BodyReader(contentType, LIMITS);
  reader.write(raw.subarray(start));
  return reader.end().parts.find(({ kind }) => kind === 'xml');
}

/** Microseconds each, of as many as fit into a round. */
function measure(action) {
  const start = process.hrtime.bigint();
  let times = 0;
  let spent = 0;
  while (spent < ROUND_MS * 1e6) {
    for (let turn = 0; turn < 100; turn++) action();
    times += 100;
    spent = Number(process.hrtime.bigint() - start);
  }
  return spent / times / 1000;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Prints the table. */
export function benchDecode() {
  console.log('\n### Reading a document, µs each (medians of rounds by turns)\n');
  console.log(
    '| | bytes | bare fast-xml-parser | our whole decode | of bare | heartbeat recognised | faster than the decode |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const [label, name] of DOCUMENTS) {
    const part = documentOf(name);
    const { bytes } = part;
    const notification = () => ({
      transport: 'http-push',
      receivedAt: new Date(),
      address: '192.0.2.7',
      parts: [part],
      truncated: false,
    });
    const parser = new XMLParser();
    const actions = [
      () => parser.parse(bytes),
      () => isapi.decode(notification(), LIMITS),
      () => heartbeat(notification()),
    ];
    const rounds = actions.map(() => []);
    for (const action of actions) measure(action);
    for (let round = 0; round < ROUNDS; round++)
      actions.forEach((action, index) => {
        rounds[index].push(measure(action));
      });
    const [bare, decode, recognised] = rounds.map(median);
    const ratio = (over, under) => median(over.map((time, round) => time / under[round])).toFixed(2);
    const taken = heartbeat(notification()) !== undefined;
    const cells = [
      label,
      bytes.length,
      bare.toFixed(1),
      decode.toFixed(1),
      ratio(rounds[1], rounds[0]),
      taken ? recognised.toFixed(2) : `no (${recognised.toFixed(2)})`,
      taken ? ratio(rounds[1], rounds[2]) : '–',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
