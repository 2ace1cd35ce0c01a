/** Random changes to what devices send; the same seed gives the same changes. */
export type Random = (below: number) => number;

/** Numbers from 0 up to but not including `below` (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** What means something to one of the readers, and what has hurt others. */
const TELLING = [
  '<__proto__><a>1</a></__proto__>',
  '<constructor>1</constructor>',
  '<ns:prototype/>',
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<EventNotificationAlert>',
  '</EventNotificationAlert>',
  '<eventType>duration</eventType>',
  '<eventType>toString</eventType>',
  '<targetType>constructor,__proto__</targetType>',
  '<channelID>-1</channelID>',
  '<channelID>99999999999999999999</channelID>',
  '<dateTime>+275760-09-13T00:00:00Z</dateTime>',
  '<dateTime>0000-00-00T00:00:00+99:99</dateTime>',
  '<DetectionRegionList><DetectionRegionEntry>text</DetectionRegionEntry></DetectionRegionList>',
  '&#0;&#xD800;&#x110000;&lol;',
  '"eventType":null,',
  '"channelID":[[1],{"a":2}],',
  '"dateTime":1e999,',
  '"DetectionRegionList":[null,1,[{"DetectionRegionEntry":[null]}]],',
  '"portNo":-0,',
  '<positionX>-0</positionX>',
  `"deep":${'['.repeat(60)}${']'.repeat(60)},`,
  '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
  '{"a":'.repeat(40),
  '<a>'.repeat(40),
  `${'<a>'.repeat(60)}${'</a>'.repeat(60)}`,
  '--boundary\r\n',
  '--boundary--\r\n',
  '\r\n\r\n',
  '\n',
  'Content-Length: 0\r\n',
  'Content-Length: 4294967296\r\n',
  'Content-Length: -1\r\n',
  'Content-Disposition: form-data; name="__proto__"; filename="../../x.jpg"\r\n',
  '\0',
  '\xff\xd8',
  '\xff\xfe',
  '\xef\xbb\xbf',
  '\x80\xe2\x80\xa8',
  '<',
  '>',
  '"',
  '{',
  '}',
] as const;

/** What documents say about their characters, and how files in other encodings begin. */
const ENCODINGS = ['utf-8', 'UTF-16', 'utf-16le', 'gb2312', 'big5', 'iso-8859-1', 'utf-7', 'x', ''] as const;
const MARKS = ['\xef\xbb\xbf', '\xff\xfe', '\xfe\xff', '\xff\xfe\0\0', '\x84\x31\x95\x33'] as const;
/** Counts as no device should write them. */
const COUNTS = ['', '0', '-1', '+5', '1e3', '0x10', ' 7', '4294967296', '9999999999', '99999999999999999999'];
/** Repeating a piece must not let a body grow without end. */
const MOST_REPEATED = 16_384;

/** `body` with one change, or up to four; `other` is where foreign pieces come from. */
export function changed(body: Buffer, other: Buffer, random: Random): Buffer {
  let bytes = body;
  for (let left = random(2) === 0 ? 1 : 1 + random(4); left > 0; left--) bytes = change(bytes, other, random);
  return bytes;
}

function change(body: Buffer, other: Buffer, random: Random): Buffer {
  const at = random(body.length + 1);
  const replace = (count: number, ...pieces: Buffer[]) =>
    Buffer.concat([body.subarray(0, at), ...pieces, body.subarray(at + count)]);
  switch (random(12)) {
    case 0:
      return replace(1, Buffer.of((body[at] ?? 0) ^ (1 << random(8))));
    case 1:
      return replace(1, Buffer.of(random(256)));
    case 2:
      return replace(0, Buffer.from(TELLING[random(TELLING.length)] ?? '', 'latin1'));
    case 3:
      return replace(1 + random(30));
    case 4:
      return replace(1 + random(body.length + 1));
    case 5: {
      const from = random(body.length + 1);
      return replace(0, body.subarray(from, from + random(200)));
    }
    case 6: {
      const piece = body.subarray(at, at + 1 + random(300));
      const times = 1 + random(Math.min(200, Math.ceil(MOST_REPEATED / (piece.length + 1))));
      return replace(0, ...Array<Buffer>(times).fill(piece));
    }
    case 7:
      return growDigits(body, at, random);
    case 8:
      return damageMark(body, at, random);
    case 9:
      return changeCount(body, at, random);
    case 10:
      return changeEncoding(body, random);
    default: {
      const from = random(other.length + 1);
      return replace(random(100), other.subarray(from, from + random(300)));
    }
  }
}

/** The next number becomes longer, or another one. */
function growDigits(body: Buffer, at: number, random: Random): Buffer {
  const from = next(body, at, (byte) => byte >= 0x30 && byte <= 0x39);
  const digits = Array.from({ length: 1 + random(random(4) === 0 ? 400 : 20) }, () => random(10)).join('');
  const number = ['', '-', '.', '0.', '1e', '0x'][random(6)] + digits;
  return splice(body, from, random(2), Buffer.from(number));
}

/** The next character that parts one thing from another is lost, doubled, or becomes one of the others. */
function damageMark(body: Buffer, at: number, random: Random): Buffer {
  const marks = '<>/="\'{}[],:;&-\r\n';
  const from = next(body, at, (byte) => marks.includes(String.fromCharCode(byte)));
  const other = marks.charAt(random(marks.length));
  const same = String.fromCharCode(body[from] ?? 0x3c);
  return splice(body, from, 1, Buffer.from(['', same + same, other, other + same][random(4)] ?? ''));
}

/** The next Content-Length counts something else. */
function changeCount(body: Buffer, at: number, random: Random): Buffer {
  const name = 'content-length:';
  const text = body.toString('latin1').toLowerCase();
  const found = [text.indexOf(name, at), text.indexOf(name)].find((place) => place >= 0);
  if (found === undefined)
    return splice(body, at, 0, Buffer.from(`\r\nContent-Length: ${random(1_000)}\r\n`));
  const from = found + name.length;
  const digits = /^\s*\d*/.exec(text.slice(from, from + 30))?.[0] ?? '';
  const near = Math.max(0, Number(digits) + random(9) - 4);
  const count = random(2) === 0 ? near : COUNTS[random(COUNTS.length)];
  return splice(body, from, digits.length, Buffer.from(` ${count}`));
}

/** Another byte order mark, another encoding in the declaration, or the bytes themselves in another one. */
function changeEncoding(body: Buffer, random: Random): Buffer {
  const mark = Buffer.from(MARKS[random(MARKS.length)] ?? '', 'latin1');
  const label = /encoding="([^"]*)"/.exec(body.toString('latin1', 0, 4_096));
  switch (random(4)) {
    case 0:
      return Buffer.concat([mark, body]);
    case 1:
      return Buffer.concat([mark, Buffer.from(body.toString('latin1'), 'utf16le')]);
    case 2:
      return Buffer.from(body.toString('latin1'), 'utf8');
    default: {
      const [from, count] = label === null ? [0, 0] : [label.index + 10, label[1]?.length ?? 0];
      return splice(body, from, count, Buffer.from(ENCODINGS[random(ENCODINGS.length)] ?? ''));
    }
  }
}

/** The first place from `at` on where the byte is one of those, or the end. */
function next(body: Buffer, at: number, fits: (byte: number) => boolean): number {
  const found = body.subarray(at, at + 1_000).findIndex(fits);
  return found < 0 ? body.length : at + found;
}

function splice(body: Buffer, at: number, count: number, piece: Buffer): Buffer {
  return Buffer.concat([body.subarray(0, at), piece, body.subarray(at + count)]);
}
