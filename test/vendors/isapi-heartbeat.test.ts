import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Notification } from '../../src/notification.js';
import { heartbeat } from '../../src/vendors/isapi/heartbeat.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { decoded, fixturesOf, notificationOf, ROOT, SENDER } from '../support/fixtures.js';
import { seeded } from './changes.js';
import { changedHeartbeat } from './heartbeat-changes.js';

const FIXTURES = fixturesOf('isapi');
const HEARTBEATS = FIXTURES.filter(({ expected }) =>
  expected.every(({ event }) => event['kind'] === 'heartbeat'),
);
/** Other than the usual document: in JSON, of other types, with letters beyond ASCII. */
const UNUSUAL = [
  'heartbeat-json',
  'heartbeat-of-a-subscription',
  'heartbeat-wifi-doorbell',
  'heartbeat-with-channel-name',
];

const MAC = '00:00:5e:00:53:01';
const USUAL = [
  '<macAddress>00:00:5e:00:53:01</macAddress>',
  '<channelID>1</channelID>',
  '<eventType>videoloss</eventType>',
  '<eventState>inactive</eventState>',
];
const document = (elements: readonly string[], attributes = ' version="2.0" xmlns="http://a"') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<EventNotificationAlert${attributes}>\n${elements.join('\n')}\n</EventNotificationAlert>\n`;
const arrival = (text: string, more: Partial<Notification> = {}) =>
  notificationOf('application/xml', [Buffer.from(text, 'latin1')], more);

/** Whether the fast reader takes it. Fails when a full reading gives anything but that one heartbeat. */
function takes(notification: Notification, where: string): boolean {
  const device = heartbeat(notification);
  if (device === undefined) return false;
  const drafts = decoded(isapi, notification);
  assert.deepEqual(
    drafts?.map(({ event }) => [event.kind, event.device]),
    [['heartbeat', device]],
    where,
  );
  return true;
}
const takesText = (text: string, more: Partial<Notification> = {}) => takes(arrival(text, more), text);

test('the usual heartbeat is taken without a full reading, and of the same device', () => {
  const seen = HEARTBEATS.map(({ name, contentType, body }) => [
    name,
    takes(notificationOf(contentType, [body]), name),
  ]);
  assert.ok(seen.length >= 8);
  assert.deepEqual(
    seen,
    HEARTBEATS.map(({ name }) => [name, !UNUSUAL.includes(name)]),
  );
});

test('no other fixture is taken for a heartbeat', () => {
  for (const { name, contentType, body, expected } of FIXTURES) {
    const taken = takes(notificationOf(contentType, [body]), name);
    if (taken)
      assert.deepEqual(
        expected.map(({ event }) => event['kind']),
        ['heartbeat'],
        name,
      );
  }
});

test('the device is known by its address where it names no MAC address', () => {
  assert.deepEqual(heartbeat(arrival(document(USUAL))), { id: MAC, mac: MAC, address: SENDER });
  for (const mac of ['', '<macAddress></macAddress>', '<macAddress>banana</macAddress>'])
    assert.deepEqual(
      heartbeat(arrival(document([mac, ...USUAL.slice(1)]))),
      { id: SENDER, address: SENDER },
      mac,
    );
});

test('the serial number that some cameras add is told as by the full reading', () => {
  const extensions = (inside: string) =>
    document([...USUAL, `<Extensions version="1.0" xmlns="urn:a">\n${inside}\n</Extensions>`]);
  const serial = '<serialNumber xmlns="urn:b">000123E4</serialNumber>';
  for (const inside of [serial, `${serial}\n<eventPush>IO&amp;&amp;000123E4,1.0</eventPush>`])
    assert.ok(takesText(extensions(inside)), inside);
  const others = [
    '',
    '<serialNumber/>',
    '<serialNumber> </serialNumber>',
    'text',
    serial + serial,
    '<eventType>VMD</eventType>',
  ];
  for (const inside of others) takesText(extensions(inside));
  for (const second of [
    '<Extensions/>',
    '<Extensions>text</Extensions>',
    `<Extensions>${serial}</Extensions>`,
  ]) {
    takesText(extensions(serial.replace('000', '999')).replace('<Extensions', `${second}<Extensions`));
    takesText(extensions(serial.replace('000', '999')).replace('</Extensions>', `</Extensions>${second}`));
  }
});

test('what is written otherwise but says the same is taken too', () => {
  assert.ok(takesText(document(USUAL)));
  assert.ok(takesText(document(USUAL, '')));
  assert.equal(takesText(document([...USUAL].reverse())), false, 'another order is for the full reading');
  assert.ok(takesText(document(USUAL).replace(/<\?.*\?>\s*/, '')));
  assert.ok(takesText(document(USUAL).replaceAll('\n', '\r\n')));
  assert.ok(takesText(document(USUAL).replaceAll('\n', '')));
  assert.ok(takesText(document(USUAL).replaceAll(/<(\/?)(\w)/g, '<$1ns:$2')));
  assert.ok(takesText(document([...USUAL, '<detectionRegionList/>', '<channelName>Gate > 1</channelName>'])));
});

test('what is written as no device does may be left to the full reading, or says the same', () => {
  takesText(document([...USUAL].reverse()));
  takesText(document(['<macAddress/>', ...USUAL.slice(1)]));
  takesText(document(USUAL).replace('inactive', 'INACTIVE'));
  takesText(document(USUAL).replaceAll(/>([^<\s])/g, '>\n$1'));
  for (const twice of USUAL) takesText(document([...USUAL, twice]));
});

test('what could mean something else is left to the full reading', () => {
  const others = [
    document(USUAL).replace('inactive', 'active'),
    document(USUAL).replace('<eventState>inactive</eventState>', ''),
    document(USUAL).replace('videoloss', 'VMD'),
    document([...USUAL, '<eventType>VMD</eventType>']),
    document(['<eventType>VMD</eventType>', ...USUAL]),
    document([...USUAL, '<eventState>active</eventState>']),
    document(['<eventState></eventState>', ...USUAL]),
    document([...USUAL, '<macAddress>00:00:5e:00:53:02</macAddress>']),
    document([
      ...USUAL,
      '<DurationList><Duration><relationEvent>VMD</relationEvent></Duration></DurationList>',
    ]),
    document([...USUAL, '<Extensions><serialNumber>1</serialNumber><a><b>1</b></a></Extensions>']),
    document(USUAL).replace('videoloss', '<!---->videoloss'),
    document(USUAL).replace('videoloss', '<![CDATA[videoloss]]>'),
    document(USUAL).replace('videoloss', 'videolos&#115;'),
    document([...USUAL, 'text']),
    document(['<!-- -->', ...USUAL]),
    document(USUAL).replace('<eventType>', '<eventType a=">VMD</eventType>">'),
    `${document(USUAL)}${document(USUAL)}`,
    `${document(USUAL)}text`,
    document(USUAL).replaceAll('EventNotificationAlert', 'Alert'),
    document([...USUAL, '<channelName>Caf\xe9</channelName>']),
  ];
  for (const text of others) assert.equal(heartbeat(arrival(text)), undefined, text);
});

test('a delivery of several parts, or of which something is missing, is left to the full reading', () => {
  const text = document(USUAL);
  assert.equal(takesText(text, { truncated: true }), false);
  const parts = `--b\r\n\r\n${text}\r\n--b\r\n\r\n${text}\r\n--b--\r\n`;
  assert.equal(takes(notificationOf('multipart/mixed; boundary=b', [Buffer.from(parts)]), parts), false);
});

test('a heartbeat with an event in the query is what the full reading makes of both', () => {
  takesText(document(USUAL), { query: 'eventType=VMD&eventState=active' });
});

test('more attributes than a document may have are not overlooked', () => {
  for (let count = 0; count < 100; count++) {
    takesText(document(USUAL, ' a="b"'.repeat(count)));
    takesText(document(USUAL, ` a="${'='.repeat(count)}"`));
  }
});

test('control characters, which the full reading leaves out, change neither the device nor what is taken', () => {
  for (let code = 0; code < 32; code++) {
    const control = String.fromCharCode(code);
    for (const place of ['00:00:5e', 'videoloss', 'inactive', '1<', 'UTF-8', 'eventType', 'version'])
      takesText(document(USUAL).replace(place, place[0] + control + place.slice(1)));
  }
});

test('text in a character set that hides tags is left to the full reading', () => {
  for (const label of ['ISO-2022-JP', 'HZ-GB-2312', 'UTF-16', 'GB18030', 'UTF-7'])
    for (const shift of ['\x1b$B', '~{', '\0\x1b$B', '\0~{', '\0'])
      takesText(document([`<a>${shift}</a>`, ...USUAL]).replace('UTF-8', label));
});

test('cut off anywhere, a heartbeat is taken only where it is whole', () => {
  for (const { name, contentType, body } of HEARTBEATS) {
    const whole = body.toString('latin1').trimEnd().length;
    for (let at = 0; at <= body.length; at++) {
      const piece = body.subarray(0, at);
      assert.equal(takes(notificationOf(contentType, [piece], { truncated: true }), name), false);
      const taken = takes(notificationOf(contentType, [piece]), `${name} at ${at}`);
      if (!UNUSUAL.includes(name)) assert.equal(taken, at >= whole, `${name} at ${at}`);
    }
  }
});

test('100,000 changed heartbeats: whatever is taken reads as one heartbeat of that device', () => {
  const random = seeded(20_261_122);
  const texts = HEARTBEATS.filter(({ name }) => !UNUSUAL.includes(name)).map(({ body }) =>
    body.toString('latin1'),
  );
  let taken = 0;
  for (let run = 0; run < 100_000; run++) {
    const text = changedHeartbeat(texts[random(texts.length)] ?? '', random);
    if (takes(arrival(text), `run ${run}: ${text}`)) taken++;
  }
  // Both outcomes must be common, or the changes would test nothing.
  assert.ok(taken > 15_000 && taken < 85_000, `${taken} taken`);
});

const CORPUS = path.resolve(ROOT, '../shared/corpus/isapi');
const recordings = existsSync(CORPUS) ? readdirSync(CORPUS) : [];

for (const file of recordings.filter((name) => /\.(xml|json)$/.test(name))) {
  test(`recording ${file}: taken for a heartbeat only if it is one`, () => {
    const bytes = readFileSync(path.join(CORPUS, file));
    takes(notificationOf(undefined, [bytes]), file);
  });
}

for (const file of recordings.length > 0 ? readdirSync(path.join(CORPUS, 'streams')) : []) {
  test(`recording ${file}: every heartbeat of the stream is taken, and nothing else`, (t) => {
    const text = readFileSync(path.join(CORPUS, 'streams', file), 'latin1');
    const contents = file.endsWith('.ndjson')
      ? text
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { content: string }).content)
      : (text.match(/<EventNotificationAlert.*?<\/EventNotificationAlert>/gs) ?? []);
    let heartbeats = 0;
    let taken = 0;
    for (const content of contents) {
      const arrived = arrival(content, { transport: 'alertstream' });
      if (decoded(isapi, arrived)?.[0]?.event.kind === 'heartbeat') heartbeats++;
      if (takes(arrived, content)) taken++;
    }
    t.diagnostic(`${taken} of ${heartbeats} heartbeats, ${contents.length} events`);
    assert.deepEqual([heartbeats > 0, taken], [true, heartbeats]);
  });
}
