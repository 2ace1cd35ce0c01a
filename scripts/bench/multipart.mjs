// The multipart parser on an alertStream's bytes: beside dicer, which busboy is made of, and beside a bare search for the
// delimiter, which knows nothing of parts. Same bytes, same chunks, rounds by turns; parts are counted and compared.
import Dicer from 'dicer';
import { LIMITS } from '../../dist/src/limits.js';
import { GATE_SCENES } from '../../dist/src/simulator/hikvision.js';
import { alertXml } from '../../dist/src/simulator/isapi-documents.js';
import { enlarged, picture } from '../../dist/src/simulator/picture.js';
import { MultipartParser } from '../../dist/src/wire/multipart.js';

const ROUNDS = 9;
const MTU = 1448;

function stream(parts, megabytes) {
  const pieces = [];
  let bytes = 0;
  for (let at = 0; bytes < megabytes * 2 ** 20; at++) {
    const { type, content } = parts[at % parts.length];
    const head = `--boundary\r\nContent-Type: ${type}\r\nContent-Length: ${content.length}\r\n\r\n`;
    const piece = Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n')]);
    pieces.push(piece);
    bytes += piece.length;
  }
  return { bytes: Buffer.concat([...pieces, Buffer.from('--boundary--\r\n')]), parts: pieces.length };
}

function chunksOf(bytes, size) {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

const READERS = {
  'bare Buffer.indexOf': async (chunks) => {
    const delimiter = Buffer.from('\n--boundary');
    let found = 0;
    for (const chunk of chunks)
      for (let at = chunk.indexOf(delimiter); at >= 0; at = chunk.indexOf(delimiter, at + 1)) found++;
    return { found, scan: true };
  },
  // The ceiling for whoever hands on each part in one piece.
  'search that collects': async (chunks) => {
    const delimiter = Buffer.from('\n--boundary');
    let pieces = [];
    let found = 0;
    for (const chunk of chunks) {
      let from = 0;
      for (let at = chunk.indexOf(delimiter); at >= 0; at = chunk.indexOf(delimiter, at + 1)) {
        pieces.push(chunk.subarray(from, at));
        Buffer.concat(pieces);
        pieces = [];
        from = at;
        found++;
      }
      pieces.push(chunk.subarray(from));
    }
    return { found, scan: true };
  },
  dicer: (chunks) =>
    new Promise((resolve) => {
      let found = 0;
      const dicer = new Dicer({ boundary: 'boundary' });
      dicer.on('part', (part) => {
        const pieces = [];
        part.on('data', (piece) => pieces.push(piece));
        part.on('end', () => {
          Buffer.concat(pieces);
          found++;
        });
      });
      dicer.on('finish', () => resolve({ found }));
      for (const chunk of chunks) dicer.write(chunk);
      dicer.end();
    }),
  ours: async (chunks) => {
    let found = 0;
    const parser = new MultipartParser(
      'boundary',
      { ...LIMITS, parts: Number.POSITIVE_INFINITY },
      () => found++,
    );
    for (const chunk of chunks) parser.write(chunk);
    parser.end();
    return { found };
  },
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Prints the table. */
export async function benchMultipart() {
  const identity = { mac: '00:00:5e:00:53:01', address: '192.0.2.7', serial: 'SIM-CAMERA-1' };
  const [, motion] = GATE_SCENES;
  const alert = { ...motion, eventState: 'active', count: '1', time: new Date(0), zone: 60 };
  const xml = {
    type: 'application/xml; charset="UTF-8"',
    content: Buffer.from(alertXml(alert, identity, '\r\n')),
  };
  const jpeg = { type: 'image/jpeg', content: enlarged(picture('gate-scene'), 200 * 1024) };
  const cases = [
    ['alerts, MTU chunks', stream([xml], 8), MTU],
    ['alerts, 64 KB chunks', stream([xml], 8), 65_536],
    ['alerts with pictures of 200 KB, MTU chunks', stream([xml, jpeg], 32), MTU],
    ['alerts with pictures of 200 KB, 64 KB chunks', stream([xml, jpeg], 32), 65_536],
  ];
  console.log('\n### Multipart, one stream of parts (medians of rounds by turns)\n');
  console.log('| | reader | MB/s | parts/s | of dicer | of the bare search |');
  console.log('|---|---|---:|---:|---:|---:|');
  for (const [label, { bytes, parts }, size] of cases) {
    const chunks = chunksOf(bytes, size);
    const names = Object.keys(READERS);
    const rounds = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = -2; round < ROUNDS; round++) {
      for (const name of names) {
        const start = process.hrtime.bigint();
        const { found, scan } = await READERS[name](chunks);
        const seconds = Number(process.hrtime.bigint() - start) / 1e9;
        if (!scan && found !== parts) throw new Error(`${name} found ${found} parts of ${parts}`);
        if (round >= 0) rounds[name].push(seconds);
      }
    }
    const ratio = (name, other) =>
      median(rounds[other].map((seconds, round) => seconds / rounds[name][round])).toFixed(2);
    for (const name of names) {
      const seconds = median(rounds[name]);
      const cells = [
        label,
        name,
        Math.round(bytes.length / 2 ** 20 / seconds),
        Math.round(parts / seconds),
        ratio(name, 'dicer'),
        ratio(name, 'bare Buffer.indexOf'),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}
