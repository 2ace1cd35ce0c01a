import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft, Notification, Vendor } from '../../src/notification.js';
import { datagram } from '../../src/vendors/datagram.js';
import { raysharp } from '../../src/vendors/raysharp/index.js';
import { vstarcam } from '../../src/vendors/vstarcam/index.js';
import { type Fixture, fixturesOf, limitsOf, notificationOf } from '../support/fixtures.js';
import { type Sample, trial } from './engine.js';
import { volumeOfEvent } from './outcome.js';
import { asText, changesOf, json } from './samples.js';

const FIXTURES = fixturesOf('raysharp');
const bodiesOf = (fixtures: readonly Fixture[]): Sample[] =>
  fixtures
    .filter(({ body }) => body.length > 0)
    .map(({ contentType, body }) => ({ contentType, bytes: body }));
const BODIES = bodiesOf(FIXTURES);
/** What cameras push, as our own parser and as the library reads it. */
export const CAMERA_BODIES: readonly Sample[] = bodiesOf(fixturesOf('vstarcam'));
const QUERIES: readonly Sample[] = FIXTURES.flatMap(({ head }) => {
  const query = /^GET [^ ?]*\?(\S+)/.exec(head)?.[1];
  return query === undefined
    ? []
    : [asText(query), asText(decodeURIComponent(query).replaceAll('&', '\r\n'))];
});

/** Nothing more comes out of a delivery than went in, and pictures are some. */
function judge(drafts: readonly AlarmDraft[], { bytes }: Sample): boolean {
  let volume = 0;
  for (const { event, attachments } of drafts) {
    // A sign of life is no message.
    if (event.kind === 'heartbeat') continue;
    // The inbox fills these in.
    volume += volumeOfEvent({ ...event, id: '0'.repeat(24), title: 'x', text: 'x' });
    assert.match(event.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)?$/);
    assert.ok(event.channel === undefined || (event.channel > 0 && event.channel <= 100_000));
    for (const { filename, content } of attachments) {
      assert.match(filename, /^[a-z]+-\d+\.(jpg|png|mp4|h264|h265|avi|bin)$/);
      assert.ok(content.length > 0 && content.length <= bytes.length);
    }
  }
  // Each event of a list has the device and its own entry.
  assert.ok(volume <= (20 * bytes.length + 2_000) * (drafts.length + 1), 'more came out than went in');
  return drafts.some(({ raw }) => raw === undefined);
}

function reader(
  name: string,
  vendor: Vendor,
  samples: readonly Sample[],
  transport: Notification['transport'],
) {
  const read = ({ bytes, contentType }: Sample) =>
    vendor.decode(notificationOf(contentType, [bytes], { transport }, limitsOf(vendor)), LIMITS);
  const whole = samples.slice(0, 3);
  return trial({ name, make: changesOf(samples), call: read, judge, intact: () => json(whole.map(read)) });
}

/** What reads the pushes of recorders, and of cameras that push as they do. */
export const RECORDER_TRIALS = [
  reader('recorder', raysharp, BODIES, 'http-push'),
  reader('datagram', datagram, [...BODIES, ...QUERIES], 'udp'),
  reader('text', raysharp, QUERIES, 'http-push'),
  reader('camera', vstarcam, CAMERA_BODIES, 'http-push'),
];
