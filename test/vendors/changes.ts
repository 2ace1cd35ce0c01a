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
  '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
  '{"a":'.repeat(40),
  '<a>'.repeat(40),
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

/** `body` with one to four changes; `other` is where foreign pieces come from. */
export function changed(body: Buffer, other: Buffer, random: Random): Buffer {
  let bytes = body;
  for (let left = 1 + random(4); left > 0; left--) bytes = change(bytes, other, random);
  return bytes;
}

function change(body: Buffer, other: Buffer, random: Random): Buffer {
  const at = random(body.length + 1);
  const replace = (count: number, ...pieces: Buffer[]) =>
    Buffer.concat([body.subarray(0, at), ...pieces, body.subarray(at + count)]);
  switch (random(7)) {
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
    default: {
      const from = random(other.length + 1);
      return replace(random(100), other.subarray(from, from + random(300)));
    }
  }
}
