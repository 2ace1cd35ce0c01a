import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import busboy from 'busboy';
import fc from 'fast-check';
import { AlarmError, type AlarmErrorCode } from '../../src/errors.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { BodyPart } from '../../src/notification.js';
import { MultipartParser } from '../../src/wire/multipart.js';
import {
  ALERT_JSON,
  alertXml,
  chop,
  join,
  jpeg,
  NOISY_JPEG,
  SAMPLES,
  type SeenPart,
  seen,
  threeParts,
} from '../support/multipart-samples.js';

const XML = alertXml();
const END = '--boundary--\r\n';

function read(boundary: string | undefined, chunks: readonly Buffer[], limits: Limits = LIMITS) {
  const parts: SeenPart[] = [];
  const parser = new MultipartParser(boundary, limits, (part) => parts.push(seen(part)));
  for (const chunk of chunks) parser.write(chunk);
  return { parts, cut: parser.end() };
}

const bytesOf = (body: Buffer, limits: Limits = LIMITS) =>
  read('boundary', [body], limits).parts.map((part) => part.bytes);
const refusal = (code: AlarmErrorCode) => (error: unknown) =>
  error instanceof AlarmError && error.code === code;
const text = (piece: string | Buffer) => Buffer.from(piece as Buffer).toString('latin1');
/** A part without a head, or with the given one, between the delimiters of the samples. */
const bare = (body: string | Buffer, head = '') => join(`--boundary\r\n${head}\r\n`, body, '\r\n');

for (const { what, boundary, body, parts, cut } of SAMPLES) {
  test(`read in one piece: ${what}`, () => {
    assert.deepEqual(read(boundary, [body]), { parts, cut });
  });

  test(`read the same for every split in two: ${what}`, () => {
    for (let at = 0; at <= body.length; at++) {
      assert.deepEqual(read(boundary, chop(body, [at])), { parts, cut }, `split at ${at}`);
    }
  });

  test(`read the same one byte at a time: ${what}`, () => {
    const single = Array.from(body, (_, at) => body.subarray(at, at + 1));
    assert.deepEqual(read(boundary, single), { parts, cut });
  });
}

test('any of 6,000 random splits gives the same parts', () => {
  const splits = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 });
  const some = fc.constantFrom(...SAMPLES);
  const property = fc.property(some, splits, ({ boundary, body, parts, cut }, places) => {
    const cuts = places.map((place) => Math.floor(place * body.length));
    assert.deepEqual(read(boundary, chop(body, cuts)), { parts, cut });
  });
  fc.assert(property, { seed: 20260301, numRuns: 6000 });
});

for (const counted of [true, false]) {
  for (const eol of ['\r\n', '\n']) {
    const kind = `${counted ? 'counted' : 'uncounted'}, ${eol.length === 2 ? 'CRLF' : 'LF'}`;
    test(`cut at every byte, a part is whole from its last byte on (${kind})`, () => {
      const { body, places, bodies } = threeParts(counted, eol);
      for (let at = 0; at <= body.length; at++) {
        const { parts, cut } = read('boundary', [body.subarray(0, at)]);
        for (const [number, [from, to]] of places.entries()) {
          const part = parts[number];
          const whole = text(bodies[number] as Buffer);
          const why = `cut at ${at}, part ${number}`;
          if (at >= to) {
            assert.equal(part?.bytes.trimEnd(), whole, why);
            assert.equal(part?.truncated, false, why);
          } else if (at > from) {
            assert.ok(part === undefined || whole.startsWith(part.bytes), why);
            assert.notEqual(part?.truncated, false, why);
            assert.equal(cut, true, why);
          } else assert.ok(part === undefined || (part.bytes === '' && part.truncated), why);
        }
      }
    });
  }
}

for (const [kind, bytes] of Object.entries({
  XML,
  JSON: ALERT_JSON,
  JPEG: jpeg(),
  'noisy JPEG': NOISY_JPEG,
})) {
  test(`a counted part is handed on with its own last byte: ${kind}`, () => {
    const body = Buffer.from(bytes as Buffer);
    const parts: SeenPart[] = [];
    const parser = new MultipartParser('boundary', LIMITS, (part) => parts.push(seen(part)));
    parser.write(Buffer.from(`--boundary\r\nContent-Length: ${body.length}\r\n\r\n`));
    parser.write(body.subarray(0, -1));
    assert.equal(parts.length, 0);
    parser.write(body.subarray(-1));
    assert.deepEqual(
      parts.map((part) => part.bytes),
      [text(body)],
    );
  });
}

// What the counts of the first part may be off by: a few bytes, up to its whole length, and beyond the next part.
for (const [kind, bytes] of Object.entries({ XML, JSON: ALERT_JSON })) {
  test(`whatever the count of a first part says, both parts are found: ${kind}`, () => {
    const next = jpeg();
    const tail = join('\r\n', bare(next), END);
    for (let wrong = -bytes.length; wrong <= tail.length + 50; wrong++) {
      const head = `Content-Length: ${bytes.length + wrong}\r\n`;
      const found = bytesOf(join(`--boundary\r\n${head}\r\n`, bytes, tail));
      assert.deepEqual(
        [found[0]?.trimEnd(), found[1], found.length],
        [bytes, text(next), 2],
        `wrong by ${wrong}`,
      );
    }
  });
}

test('a picture whose count is too short is read to its end', () => {
  const picture = jpeg();
  for (let wrong = 1; wrong <= picture.length; wrong++) {
    const body = join(bare(picture, `Content-Length: ${picture.length - wrong}\r\n`), bare(XML), END);
    assert.deepEqual(bytesOf(body).slice(0, 1), [text(picture)], `wrong by ${wrong}`);
  }
});

test('a picture whose count is a few bytes too long does not cost the part behind it', () => {
  const picture = jpeg();
  for (let wrong = 1; wrong <= 40; wrong++) {
    const body = join(bare(picture, `Content-Length: ${picture.length + wrong}\r\n`), bare(XML), END);
    assert.equal(bytesOf(body)[1]?.trimEnd(), XML, `wrong by ${wrong}`);
  }
});

test('a count that swallows exactly the next document does not join the two', () => {
  const both = join(XML, '\r\n', bare(XML));
  const body = join(`--boundary\r\nContent-Length: ${both.length - 2}\r\n\r\n`, both, END);
  assert.deepEqual(
    bytesOf(body).map((bytes) => bytes.trimEnd()),
    [XML, XML],
  );
});

test('an absurd count does not cost the document when a large picture follows', () => {
  const limits = { ...LIMITS, documentBytes: 1024 };
  const picture = jpeg(Buffer.alloc(4000));
  const body = join(bare(XML, 'Content-Length: 999999999\r\n'), bare(picture), END);
  const { parts } = read('boundary', [body], limits);
  assert.deepEqual(parts.map(({ bytes, truncated }) => [bytes.trimEnd(), truncated])[0], [XML, false]);
});

test('a status line glued behind a document without a count is not part of it', () => {
  const glued = `${XML}HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=boundary\r\n`;
  assert.equal(bytesOf(join(bare(glued), bare(XML), END))[0]?.trimEnd(), XML);
});

test('a counted part is whole although the end falls into the delimiter behind it', () => {
  for (const behind of ['', '\r', '\r\n', '\r\n-', '\r\n--bou', '\r\n--boundary', '\r\n--boundary--']) {
    const { parts, cut } = read('boundary', [join('--boundary\r\nContent-Length: 5\r\n\r\nhello', behind)]);
    assert.deepEqual(
      [parts.length, parts[0]?.bytes, parts[0]?.truncated, cut],
      [1, 'hello', false, false],
      behind,
    );
  }
});

test('as many parts as the limit says are taken, one more is refused, and those before are handed on', () => {
  const limits = { ...LIMITS, parts: 3 };
  const parts = (count: number) => Buffer.concat(Array.from({ length: count }, () => bare('x')));
  assert.equal(bytesOf(parts(3), limits).length, 3);
  const got: SeenPart[] = [];
  const parser = new MultipartParser('boundary', limits, (part) => got.push(seen(part)));
  assert.throws(() => parser.write(parts(4)), refusal('PARTS_TOO_MANY'));
  assert.equal(got.length, 3);
  assert.equal(bytesOf(parts(64)).length, 64);
  assert.throws(() => bytesOf(parts(65)), refusal('PARTS_TOO_MANY'));
});

test('the head of a part is refused beyond its bytes, wherever its lines end', () => {
  const limits = { ...LIMITS, partHeaderBytes: 100 };
  const line = (length: number) => `${'a: '.padEnd(length - 2, 'x')}\r\n`;
  assert.deepEqual(bytesOf(join(bare('x', line(98)), END), limits), ['x']);
  for (const head of [line(101), line(50) + line(51), line(5000)]) {
    const body = bare('x', head);
    for (let at = 0; at <= body.length; at++) {
      assert.throws(
        () => read('boundary', chop(body, [at]), limits),
        refusal('PART_HEADER_TOO_LARGE'),
        `${at}`,
      );
    }
  }
  const parser = new MultipartParser('boundary', limits, () => {});
  const endless = Buffer.from(`--boundary\r\n${'x'.repeat(101)}`);
  assert.throws(() => parser.write(endless), refusal('PART_HEADER_TOO_LARGE'));
});

test('the head of a part is refused beyond its lines', () => {
  const head = (lines: number) => Array.from({ length: lines }, (_, at) => `h${at}: x\r\n`).join('');
  assert.deepEqual(bytesOf(join(bare('x', head(LIMITS.partHeaderLines)), END)), ['x']);
  assert.throws(() => bytesOf(bare('x', head(LIMITS.partHeaderLines + 1))), refusal('PART_HEADER_TOO_LARGE'));
});

test('a line before the first delimiter may be of any length and is never kept', () => {
  const limits = { ...LIMITS, partHeaderBytes: 100 };
  for (let length = 95; length <= 105; length++) {
    const body = join('x'.repeat(length), '\r\n', bare('x'), '--boundary', 'y'.repeat(length), '\r\n', END);
    for (let at = 0; at <= body.length; at++) {
      assert.deepEqual(
        read('boundary', chop(body, [at]), limits).parts.map((part) => part.bytes.slice(0, 1)),
        ['x'],
      );
    }
  }
});

test('a boundary longer than the limit is neither taken nor learned, one as long is', () => {
  const read200 = (length: number, announced: boolean) => {
    const boundary = 'b'.repeat(length);
    return read(announced ? boundary : undefined, [Buffer.from(`--${boundary}\r\n\r\nx\r\n--${boundary}--`)])
      .parts.length;
  };
  assert.deepEqual([read200(200, true), read200(201, true)], [1, 0]);
  assert.deepEqual([read200(198, false), read200(199, false)], [1, 0]);
});

test('parts over their limit are cut there and marked, by what they are, and the next part is found', () => {
  const limits = { ...LIMITS, documentBytes: 600, pictureBytes: 800, videoBytes: 1000 };
  const bodies = { 600: `<a>${'x'.repeat(2000)}</a>`, 800: jpeg(Buffer.alloc(2000)), 1000: 'v'.repeat(2000) };
  for (const [cap, bytes] of Object.entries(bodies)) {
    for (const count of ['', `Content-Length: ${bytes.length}\r\n`]) {
      const body = join(bare(bytes, count), bare(XML), END);
      for (let at = 0; at <= body.length; at++) {
        const { parts, cut } = read('boundary', chop(body, [at]), limits);
        assert.equal(parts[0]?.bytes, text(bytes).slice(0, Number(cap)), `split at ${at}`);
        assert.deepEqual(
          [parts[0]?.truncated, parts[1]?.truncated, cut, parts.length],
          [true, false, true, 2],
        );
        assert.equal(parts[1]?.bytes.trimEnd(), XML);
      }
    }
  }
});

test('a part exactly as long as its limit is whole, one byte more is cut', () => {
  const limits = { ...LIMITS, documentBytes: 600, pictureBytes: 800 };
  const exact = `<a>${'x'.repeat(593)}</a>`;
  const picture = jpeg(Buffer.alloc(800 - jpeg().length));
  const body = (more: string) => join(bare(join(exact, more)), bare(join(picture, more)), END);
  for (const more of ['', 'x']) {
    const { parts } = read('boundary', [body(more)], limits);
    assert.deepEqual([parts[0]?.bytes, parts[1]?.bytes], [exact, text(picture)]);
    assert.deepEqual([parts[0]?.truncated, parts[1]?.truncated], [more !== '', more !== '']);
  }
});

test('a stream may change its delimiter, but not without end', () => {
  const streams = Array.from({ length: 8 }, (_, at) => `--d${at}\r\n\r\n${at}\r\n--d${at}--\r\n`);
  const { parts } = read(undefined, [Buffer.from(streams.join(''))]);
  assert.equal(parts.map((part) => part.bytes).join(), '0,1,2,3');
});

test('fields of a head are kept under lower-case names, the content id without its brackets', () => {
  const parts: BodyPart[] = [];
  const parser = new MultipartParser('boundary', LIMITS, (part) => parts.push(part));
  parser.write(join(bare('x', 'Content-ID: <pic@1>\r\nX-Other :  a: b \r\nnothing\r\n: none\r\n'), END));
  const headers = Object.fromEntries(parts[0]?.headers ?? []);
  assert.deepEqual(headers, { 'content-id': '<pic@1>', 'x-other': 'a: b' });
  assert.equal(parts[0]?.contentId, 'pic@1');
});

test('names are labels: no path, no control characters, and no name becomes a key', () => {
  const head =
    'Content-Disposition: form-data; name="__proto__"; filename="..\\..\\/tmp/e\0v\x1bil.jpg"\r\n__proto__: x\r\n';
  const part = read('boundary', [join(bare('x', head), END)]).parts[0];
  assert.deepEqual([part?.name, part?.filename], ['__proto__', 'evil.jpg']);
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

test('300,000 beginnings of a delimiter are read through, and the part behind them is found', () => {
  const noise = '\r\n--boundarx'.repeat(300_000);
  assert.deepEqual(bytesOf(join(bare(noise), bare(XML), END)), [noise, XML]);
});

const FLOODS = {
  'beginnings of a delimiter': ['', '\r\n--boundar'],
  'line breaks behind a counted part': ['Content-Length: 5\r\n\r\nhello', '\r\n'],
  'line breaks between parts': ['Content-Length: 2\r\n\r\n{}', '\r\n'],
  'dashes in a body': ['\r\n', '\n--'],
  'plain bytes in a body': ['\r\n', 'xyz'],
} as const;
for (const [what, [head, piece]] of Object.entries(FLOODS)) {
  test(`bytes are copied a few times at most: ${what}`, () => {
    const body = join(`--boundary\r\n${head}`, piece.repeat(30_000));
    const places = Array.from({ length: body.length >> 8 }, (_, at) => at << 8);
    let copied = 0;
    const concat = Buffer.concat.bind(Buffer);
    // Work that grows with the square of the body shows in what is copied, without a clock.
    const spy = mock.method(Buffer, 'concat', (list: readonly Buffer[], length?: number) => {
      const result = concat(list, length);
      copied += result.length;
      return result;
    });
    try {
      read('boundary', chop(body, places));
    } finally {
      spy.mock.restore();
    }
    assert.ok(copied < 8 * body.length, `${copied} bytes copied for ${body.length}`);
  });
}

async function readWithBusboy(boundary: string, body: Buffer) {
  const parts: { name: string; filename: string | undefined; bytes: string }[] = [];
  const headers = { 'content-type': `multipart/form-data; boundary="${boundary}"` };
  const oracle = busboy({ headers, defCharset: 'latin1', defParamCharset: 'utf8' });
  oracle.on('field', (name, value) => parts.push({ name, filename: undefined, bytes: value }));
  oracle.on('file', (name, stream, { filename }) => {
    const part = { name, filename, bytes: '' };
    parts.push(part);
    stream.on('data', (chunk: Buffer) => {
      part.bytes += chunk.toString('latin1');
    });
  });
  await new Promise((resolve, reject) => {
    oracle.on('close', resolve).on('error', reject);
    oracle.end(body);
  });
  return parts;
}

test('form-data as the RFC has it is read as busboy reads it', async () => {
  const alphabet = [..."abcXYZ019'()+_,-./:=?"];
  const boundaries = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 4, maxLength: 70 });
  const names = fc.string({
    unit: fc.constantFrom(...'abc xyz09_-.;=:[]éß中😀'),
    minLength: 1,
    maxLength: 30,
  });
  const labels = names.filter((name) => name !== '.' && name !== '..');
  const lines = fc.constantFrom('\r\n', '\n', '\r', '--', '-', '\r\n--', 'Content-Length: 3\r\n\r\n', '<a>');
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(lines, { maxLength: 20 }).map((all) => new Uint8Array(Buffer.from(all.join(''), 'latin1'))),
  );
  const part = fc.record({
    name: labels,
    filename: fc.option(labels, { nil: undefined }),
    content: contents,
  });
  const property = fc.asyncProperty(
    boundaries,
    fc.array(part, { minLength: 1, maxLength: 8 }),
    fc.nat(),
    async (boundary, parts, at) => {
      const bodies = parts.map(({ name, filename, content }) => {
        const label = filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: image/jpeg`;
        const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${label}\r\n\r\n`;
        return join(head, Buffer.from(content), '\r\n');
      });
      const body = join(...bodies, `--${boundary}--\r\n`);
      fc.pre(!parts.some(({ content }) => Buffer.from(content).includes(`--${boundary.replace(/^-+/, '')}`)));
      const ours = read(boundary, chop(body, [at % body.length]));
      const found = ours.parts.map(({ name, filename, bytes }) => ({ name, filename, bytes }));
      assert.deepEqual(found, await readWithBusboy(boundary, body));
      assert.equal(found.length, parts.length);
      assert.equal(ours.cut, false);
    },
  );
  await fc.assert(property, { seed: 7578, numRuns: 1500 });
});
