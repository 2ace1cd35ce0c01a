import assert from 'node:assert/strict';
import busboy from 'busboy';
import type { BodyPart } from '../../src/notification.js';
import { type Fixture, fixturesOf } from '../support/fixtures.js';
import { chop, SAMPLES } from '../support/multipart-samples.js';
import { type Random, seeded } from '../vendors/changes.js';
import { type Build, promise } from './support/promise.js';

/** A body with the content type that announces it. */
interface Delivery {
  readonly name: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** Its devices send clean forms, for the library. */
  readonly formData: boolean;
}

const LINE = '\r\n';
const BOUNDARY = '----form0123456789';
const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

const fixtures = (vendor: string): Delivery[] =>
  fixturesOf(vendor)
    .filter(({ body }: Fixture) => body.length > 0)
    .map(({ name, contentType, body }) => ({ name, contentType, body, formData: vendor === 'vstarcam' }));
const samples: Delivery[] = SAMPLES.map(({ what, boundary, body }) => ({
  name: what,
  contentType: boundary === undefined ? undefined : `multipart/mixed; boundary="${boundary}"`,
  body,
  formData: false,
}));

/** What is read of a body in these pieces, in a form that can be compared. */
function reading({ load }: Build) {
  const { BodyReader } = load<typeof import('../../src/wire/body.js')>('src/wire/body.js');
  const { LIMITS } = load<typeof import('../../src/limits.js')>('src/limits.js');
  const limits = { ...LIMITS, documentBytes: LIMITS.bodyBytes };
  return ({ contentType, formData }: Omit<Delivery, 'body' | 'name'>, pieces: readonly Buffer[]) => {
    const reader = new BodyReader(contentType, limits, formData);
    for (const piece of pieces) reader.write(piece);
    return reader.end();
  };
}

type Read = ReturnType<ReturnType<typeof reading>>;

const sameHeaders = (one: BodyPart, other: BodyPart) =>
  one.headers.size === other.headers.size &&
  [...one.headers].every(([name, value]) => other.headers.get(name) === value);
/** Faster than a comparison that can say what differs: there are a million of them. */
function same(one: Read, other: Read): boolean {
  return (
    one.truncated === other.truncated &&
    one.error?.code === other.error?.code &&
    one.parts.length === other.parts.length &&
    one.parts.every((part, index) => {
      const twin = other.parts[index] as BodyPart;
      const labels = ['name', 'filename', 'contentType', 'contentId', 'kind', 'truncated'] as const;
      return (
        labels.every((each) => part[each] === twin[each]) &&
        part.bytes.equals(twin.bytes) &&
        sameHeaders(part, twin)
      );
    })
  );
}

/** A form as any HTTP library writes it, with bytes that look like its delimiters here and there. */
function cleanForm(random: Random): Buffer {
  const noise = () => {
    const near = [
      LINE,
      '--',
      `${LINE}--`,
      `${LINE}--${BOUNDARY.slice(0, -1)}`,
      '\n',
      '\0',
      '\xff\xd8\0',
      'word',
      ' ',
    ];
    return Array.from({ length: random(12) }, () => near[random(near.length)]).join('');
  };
  const parts = Array.from({ length: 1 + random(6) }, (_, at) => {
    const file = random(2) === 0 ? `; filename="f${at}.jpg"${LINE}Content-Type: image/jpeg` : '';
    return `--${BOUNDARY}${LINE}Content-Disposition: form-data; name="n${at}"${file}${LINE}${LINE}${noise()}${LINE}`;
  });
  return Buffer.from(`${parts.join('')}--${BOUNDARY}--${LINE}`, 'latin1');
}

/** The same form through the library alone: names and bytes. */
function judged(body: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const read: string[] = [];
    const form = busboy({ headers: { 'content-type': FORM_TYPE }, defCharset: 'latin1' });
    form.on('field', (name, value) => read.push(`${name}=${value}`));
    form.on('file', (name, stream) => {
      const at = read.push('') - 1;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        read[at] = `${name}=${Buffer.concat(chunks).toString('latin1')}`;
      });
    });
    form.on('close', () => resolve(read));
    form.on('error', reject);
    form.end(body);
  });
}

promise(
  'P21',
  'the same bytes give the same parts, however they are cut, and those that the library reads where they are clean',
  async ({ build, short, figure }) => {
    const read = reading(build);
    const all = [...samples, ...['isapi', 'raysharp', 'vstarcam'].flatMap(fixtures)];
    const deliveries = short ? samples : all;
    const random = seeded(20_261_122);
    let bytes = 0;
    for (const delivery of deliveries) {
      const { name, body } = delivery;
      const wanted = read(delivery, [body]);
      for (let at = 0; at <= body.length; at++)
        assert.ok(
          same(read(delivery, [body.subarray(0, at), body.subarray(at)]), wanted),
          `${name} cut at ${at}`,
        );
      const single = Array.from(body.keys(), (at) => body.subarray(at, at + 1));
      assert.ok(same(read(delivery, single), wanted), `${name} byte by byte`);
      bytes += body.length;
    }
    figure(`${deliveries.length} bodies cut at each of their ${bytes} bytes, and byte by byte`);

    const splits = short ? 2_000 : 100_000;
    for (let run = 0; run < splits; run++) {
      const delivery = deliveries[random(deliveries.length)] as Delivery;
      const { name, body } = delivery;
      const cuts = Array.from({ length: 2 + random(10) }, () => random(body.length + 1));
      const wanted = read(delivery, [body]);
      assert.ok(same(read(delivery, chop(body, cuts)), wanted), `${name} cut at ${cuts.join(', ')}`);
    }
    figure(`${splits} random splits`);

    const forms = short ? 200 : 20_000;
    for (let run = 0; run < forms; run++) {
      const body = cleanForm(random);
      const wanted = await judged(body);
      const cuts = Array.from({ length: random(4) }, () => random(body.length + 1));
      for (const formData of [false, true]) {
        const { parts } = read({ contentType: FORM_TYPE, formData }, chop(body, cuts));
        const got = parts.map((part) => `${part.name}=${part.bytes.toString('latin1')}`);
        assert.deepEqual(
          got,
          wanted,
          `${formData ? 'through the library' : 'our own'}: ${JSON.stringify(body.toString('latin1'))}`,
        );
      }
    }
    figure(`${forms} clean forms: our own parser, and the library by our hand, read what the library reads`);
  },
  [
    {
      what: 'keeps back too little where a delimiter may begin',
      file: 'src/wire/multipart.js',
      from: 'const HELD = 3;',
      to: 'const HELD = 1;',
    },
    {
      what: 'takes the first piece for enough to say what a body is',
      file: 'src/wire/body.js',
      from: 'if (first.length < SIGN_BYTES && at < most && !ended)',
      to: 'if (first.length < 1 && at < most && !ended)',
    },
    {
      what: 'forgets that a delimiter may be undecided',
      file: 'src/wire/delimiters.js',
      from: 'if (more && !final)',
      to: 'if (more && !final && false)',
    },
  ],
);
