import type { BodyPart, PartKind } from '../../src/notification.js';

/** What a test compares of a part; bytes as Latin-1, so that a difference can be read. */
export interface SeenPart {
  name: string | undefined;
  filename: string | undefined;
  contentType: string | undefined;
  kind: PartKind;
  bytes: string;
  truncated: boolean;
}

/** One body as it goes over the wire and what must be read from it, however it is chopped. */
export interface Sample {
  what: string;
  /** As announced; undefined where nothing is. */
  boundary: string | undefined;
  body: Buffer;
  parts: SeenPart[];
  /** What `end` returns. */
  cut: boolean;
}

export function seen(part: BodyPart): SeenPart {
  const { name, filename, contentType, kind, truncated } = part;
  return { name, filename, contentType, kind, bytes: part.bytes.toString('latin1'), truncated };
}

type Piece = string | Buffer;
export const join = (...pieces: Piece[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as Buffer)));

/** An alert document without a line break at its end. */
export function alertXml(eol = '\r\n', type = 'VMD'): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<EventNotificationAlert version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">',
    '<ipAddress>192.0.2.10</ipAddress>',
    '<macAddress>00:00:5e:00:53:01</macAddress>',
    '<channelID>1</channelID>',
    `<eventType>${type}</eventType>`,
    '<eventState>active</eventState>',
    '</EventNotificationAlert>',
  ].join(eol);
}

export const ALERT_JSON = '{\t"ipAddress":\t"192.0.2.11",\r\n"eventType":\t"heartBeat", "text": "}\\"{" }';

/** A picture around the given bytes, long enough that its end is not near its start. */
export function jpeg(inside: Piece = ''): Buffer {
  const filler = Buffer.from(Array.from({ length: 90 }, (_, at) => (at * 89) % 0xf7));
  return join(Buffer.from([0xff, 0xd8, 0xff, 0xe0]), filler, inside, filler, Buffer.from([0xff, 0xd9]));
}

const NOISE = 'a\r\n--boundar\r\n--boundarX\n--\r\n-\r\r\n\n--b\r\n-';
export const NOISY_JPEG = jpeg(NOISE);
const NOISIER_JPEG = jpeg(`${NOISE}\r\n--boundaryX\r\n--boundary2\n--boundary-x\r\n-`);

export const XML_HEAD = 'Content-Type: application/xml; charset="UTF-8"';
const XML_TYPE = 'application/xml; charset="UTF-8"';
const JSON_HEAD = 'Content-Type: application/json; charset="UTF-8"';
const XML = alertXml();
const JPEG = jpeg();
const IMAGE = { contentType: 'image/jpeg' };

const part = (kind: PartKind, bytes: Piece, more: Partial<SeenPart> = {}): SeenPart => ({
  name: undefined,
  filename: undefined,
  contentType: undefined,
  kind,
  bytes: Buffer.from(bytes as Buffer).toString('latin1'),
  truncated: false,
  ...more,
});
const xmlPart = (bytes: Piece, more: Partial<SeenPart> = {}) =>
  part('xml', bytes, { contentType: XML_TYPE, ...more });

function sample(what: string, pieces: Piece[], parts: SeenPart[], more: Partial<Sample> = {}): Sample {
  return { what, boundary: 'boundary', body: join(...pieces), parts, cut: false, ...more };
}

/** Head of a part on the wire, with its delimiter before and its blank line behind. */
const head = (lines: string[], eol = '\r\n', delimiter = '--boundary') =>
  [delimiter, ...lines, '', ''].join(eol);
/** A whole part: its head, its bytes and what follows them. */
const one = (lines: string[], bytes: Piece, behind: Piece = '\r\n') => join(head(lines), bytes, behind);
const length = (of: Piece, more = 0) => `Content-Length: ${Buffer.from(of as Buffer).length + more}`;
const OTHER = alertXml('\r\n', 'linedetection');
/** A second part that must be found whatever was wrong with the first. */
const NEXT = join(head([XML_HEAD]), OTHER, '\r\n--boundary--\r\n');
const NEXT_PART = xmlPart(OTHER);
const NAMED = 'Content-Disposition: form-data; name="alarm.xml"; filename="alarm.xml"';

const INNER = '--inner\r\nContent-Length: 3\r\n\r\nabc\r\n--inner--\r\n';

const framing: Sample[] = [
  sample(
    'camera stream: CRLF, count holds the last line break, delimiter at once',
    [one([XML_HEAD, length(XML, 2)], XML), one([XML_HEAD, length(XML, 2)], XML)],
    [xmlPart(`${XML}\r\n`), xmlPart(`${XML}\r\n`)],
  ),
  sample(
    'camera stream: CRLF, count holds the last line break, one more before the delimiter',
    [one([XML_HEAD, length(XML, 2)], XML, '\r\n\r\n'), one([XML_HEAD, length(OTHER, 2)], OTHER, '\r\n\r\n')],
    [xmlPart(`${XML}\r\n`), xmlPart(`${OTHER}\r\n`)],
  ),
  sample(
    'one empty line too many before a picture, with a count and without',
    [
      one(['Content-Type: image/jpeg'], join('\r\n', JPEG)),
      one(['Content-Type: image/jpeg', length(JPEG)], join('\r\n', JPEG)),
      one(['Content-Type: image/jpeg', length(JPEG, 2)], join('\r\n', JPEG)),
      NEXT,
    ],
    [part('jpeg', JPEG, IMAGE), part('jpeg', JPEG, IMAGE), part('jpeg', JPEG, IMAGE), NEXT_PART],
  ),
  sample(
    'recorder stream: bare LF everywhere, count holds the last line break',
    [1, 2].flatMap(() => [head([XML_HEAD, length(alertXml('\n'), 1)], '\n'), alertXml('\n'), '\n']),
    [xmlPart(`${alertXml('\n')}\n`), xmlPart(`${alertXml('\n')}\n`)],
  ),
  sample(
    'recorder stream: bare LF and no counts',
    [
      head([XML_HEAD], '\n'),
      alertXml('\n'),
      '\n',
      head(['Content-Type: image/jpeg'], '\n'),
      JPEG,
      '\n--boundary--\n',
    ],
    [xmlPart(alertXml('\n')), part('jpeg', JPEG, IMAGE)],
  ),
  sample(
    'push: form-data with names, types and true counts',
    [
      one([NAMED, 'Content-Type: application/xml', length(XML)], XML),
      one(
        [
          'Content-Disposition: form-data; name="pic"; filename="pic.jpg"',
          'Content-Type: image/pjpeg',
          length(JPEG),
        ],
        JPEG,
        '\r\n--boundary--\r\n',
      ),
    ],
    [
      part('xml', XML, { name: 'alarm.xml', filename: 'alarm.xml', contentType: 'application/xml' }),
      part('jpeg', JPEG, { name: 'pic', filename: 'pic.jpg', contentType: 'image/pjpeg' }),
    ],
  ),
  sample(
    'spelling of cameras: no blank behind the semicolon, no name, trailing semicolon, no head at all',
    [
      one(['Content-Disposition:form-data;name="fielddetection"'], XML),
      one(['content-disposition: form-data;', 'CONTENT-TYPE: image/pjpeg', length(JPEG)], JPEG),
      one(['Content-Disposition: form-data; name=plain; filename=plain.json;'], ALERT_JSON),
      one([], XML, '\r\n--boundary--\r\n'),
    ],
    [
      part('xml', XML, { name: 'fielddetection' }),
      part('jpeg', JPEG, { contentType: 'image/pjpeg' }),
      part('json', ALERT_JSON, { name: 'plain', filename: 'plain.json' }),
      part('xml', XML),
    ],
  ),
  sample(
    'terminal: JSON parts, boundary MIME_boundary',
    [1, 2].flatMap(() => [
      head([JSON_HEAD, length(ALERT_JSON)], '\r\n', '--MIME_boundary'),
      ALERT_JSON,
      '\r\n',
    ]),
    [1, 2].map(() => part('json', ALERT_JSON, { contentType: 'application/json; charset="UTF-8"' })),
    { boundary: 'MIME_boundary' },
  ),
  sample(
    'empty parts, counted and not',
    [one(['Content-Length: 0'], ''), one([], ''), NEXT],
    [part('empty', ''), part('empty', ''), NEXT_PART],
  ),
  sample(
    'a multipart inside a part stays bytes',
    [one(['Content-Type: multipart/mixed; boundary=inner'], INNER), NEXT],
    [part('unknown', INNER, { contentType: 'multipart/mixed; boundary=inner' }), NEXT_PART],
  ),
];

const delimiters: Sample[] = [
  ...[undefined, '', 'announced', '--boundary', 'bound', 'boundary2', 'x'.repeat(201)].map((boundary) =>
    sample(
      `the wire says boundary, announced is ${boundary?.slice(0, 12) ?? 'nothing'}`,
      [one([XML_HEAD], XML), one(['Content-Type: image/jpeg'], JPEG), NEXT],
      [xmlPart(XML), part('jpeg', JPEG, IMAGE), NEXT_PART],
      { boundary },
    ),
  ),
  sample(
    'a boundary that is mostly dashes',
    [
      head([NAMED], '\r\n', '-----------------------------7e13971310878'),
      XML,
      '\r\n-----------------------------7e13971310878--',
    ],
    [part('xml', XML, { name: 'alarm.xml', filename: 'alarm.xml' })],
    { boundary: '---------------------------7e13971310878' },
  ),
  ...['two words', '--two words'].map((boundary) =>
    sample(
      `a boundary of two words, announced as ${boundary}`,
      [head([NAMED], '\r\n', '--two words'), XML, '\r\n--two words--\r\n'],
      [part('xml', XML, { name: 'alarm.xml', filename: 'alarm.xml' })],
      { boundary },
    ),
  ),
  sample(
    'a head that breaks off before the next delimiter leaves nothing behind',
    [`--boundary\r\n${NAMED}\r\nContent-Length: 7\r\n`, one([XML_HEAD], XML), NEXT],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'delimiter twice in a row',
    ['--boundary\r\n', one([XML_HEAD, length(XML)], XML, '\r\n--boundary\n'), NEXT],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'preamble and epilogue',
    ['Preamble: with a colon\r\n\r\n<not a part>\r\n', one([XML_HEAD], XML), NEXT, 'epilogue\r\n<x/>\r\n'],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'no closing delimiter',
    [one([XML_HEAD], XML), head([XML_HEAD, length(OTHER)]), OTHER],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'the end inside a picture',
    [one([XML_HEAD], XML), head([length(JPEG)]), JPEG.subarray(0, 100)],
    [xmlPart(XML), part('jpeg', JPEG.subarray(0, 100), { truncated: true })],
    { cut: true },
  ),
  sample('the end inside a head', [one([XML_HEAD], XML, '\r\n--boundary\r\nContent-Ty: x')], [xmlPart(XML)], {
    cut: true,
  }),
  sample(
    'noise in a picture with a count',
    [one([length(NOISIER_JPEG)], NOISIER_JPEG), NEXT],
    [part('jpeg', NOISIER_JPEG), NEXT_PART],
  ),
  sample(
    'noise in a picture without a count',
    [one([], NOISIER_JPEG), NEXT],
    [part('jpeg', NOISIER_JPEG), NEXT_PART],
  ),
];

const heads: Sample[] = [
  sample(
    'no blank line before the document',
    [
      `--boundary\r\n${XML_HEAD}\r\n`,
      XML,
      '\r\n--boundary\r\nContent-Type: application/json\r\n',
      ALERT_JSON,
      '\r\n--boundary\nContent-Type: image/jpeg\n',
      JPEG,
      '\r\n',
      NEXT,
    ],
    [
      xmlPart(XML),
      part('json', ALERT_JSON, { contentType: 'application/json' }),
      part('jpeg', JPEG, IMAGE),
      NEXT_PART,
    ],
  ),
  sample(
    'no blank line before a counted document',
    [`--boundary\r\n${XML_HEAD}\r\n${length(XML)}\r\n`, XML, '\r\n', NEXT],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'a status line glued behind a counted document',
    [
      one(
        [XML_HEAD, length(XML)],
        XML,
        'HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=boundary\r\n\r\n',
      ),
      NEXT,
    ],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'a status line glued into a head',
    ['--boundary\r\nHTTP/1.1 200 OK\r\n', `${XML_HEAD}\r\n\r\n`, XML, '\r\n', NEXT],
    [xmlPart(XML), NEXT_PART],
  ),
  sample(
    'folded header lines, the first one too',
    [
      one(
        [
          ' folded: first',
          'Content-Disposition: form-data;',
          '\tname="alarm.xml";',
          ' filename="a b.xml"',
          XML_HEAD,
        ],
        XML,
      ),
      NEXT,
    ],
    [xmlPart(XML, { name: 'alarm.xml', filename: 'a b.xml' }), NEXT_PART],
  ),
];

const LINES = 'line\r\n--boundary\r\nContent-Type: text/x\r\n\r\nline\r\n--boundary--\r\nline';
const LINES_XML = `<a><![CDATA[${LINES}]]></a>`;
const LINES_JPEG = jpeg(LINES);

const counts: Sample[] = [
  sample(
    'a true count over bytes that hold delimiter lines',
    [
      one(['Content-Type: text/plain', length(LINES)], LINES),
      one([length(LINES_XML)], LINES_XML),
      one([length(LINES_JPEG)], LINES_JPEG),
      NEXT,
    ],
    [
      part('unknown', LINES, { contentType: 'text/plain' }),
      part('xml', LINES_XML),
      part('jpeg', LINES_JPEG),
      NEXT_PART,
    ],
  ),
  ...['0', '9999999999', '9'.repeat(40), '12abc', '-5', '0x10', '', '1e3', '5, 5'].map((count) =>
    sample(
      `Content-Length "${count.slice(0, 12)}"`,
      [one([XML_HEAD, `Content-Length: ${count}`], XML), one([`Content-Length: ${count}`], JPEG), NEXT],
      [xmlPart(XML), part('jpeg', JPEG), NEXT_PART],
    ),
  ),
  ...[-100, -3, -1, 3, 7, 30, 300].map((wrong) =>
    sample(
      `counts wrong by ${wrong}`,
      [
        one([XML_HEAD, length(XML, wrong)], XML),
        one([length(ALERT_JSON, Math.max(wrong, -20))], ALERT_JSON),
        NEXT,
      ],
      [xmlPart(XML), part('json', ALERT_JSON), NEXT_PART],
    ),
  ),
];

export const SAMPLES: Sample[] = [...framing, ...delimiters, ...heads, ...counts];

/** Three parts, and where the bytes of each one begin and end in the body. */
export function threeParts(
  counted: boolean,
  eol: string,
): { body: Buffer; places: [number, number][]; bodies: Buffer[] } {
  const bodies = [Buffer.from(alertXml(eol)), Buffer.from(ALERT_JSON), NOISY_JPEG];
  const places: [number, number][] = [];
  let body = Buffer.alloc(0);
  for (const [at, bytes] of bodies.entries()) {
    const lines = [`Content-Disposition: form-data; name="p${at}"`, ...(counted ? [length(bytes)] : [])];
    body = join(body, head(lines, eol));
    places.push([body.length, body.length + bytes.length]);
    body = join(body, bytes, eol);
  }
  return { body: join(body, `--boundary--${eol}`), places, bodies };
}

/** The pieces of a body between the given places. */
export function chop(body: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...[...places].sort((a, b) => a - b), body.length];
  return edges.slice(1).map((edge, at) => body.subarray(edges[at], edge));
}
