import assert from 'node:assert/strict';
import type { Alarm } from '../../src/event.js';
import type { Notification, Vendor } from '../../src/notification.js';
import { notificationOf, objections, schemas } from '../support/fixtures.js';
import { ManualClock } from '../support/manual-clock.js';
import { seeded } from '../vendors/changes.js';
import { type Build, promise } from './support/promise.js';

/** What devices write for a time, and what they might. */
const TIMES: readonly string[] = [
  '2026-11-22T08:15:30+01:00',
  '2026-11-22T07:15:30Z',
  '2026-11-22T07:15:30z',
  '2026-11-22T08:15:30',
  '2026-11-22 08:15:30',
  '2026-11-22T01:15:30-6:00',
  '2026-11-22T15:15:30+8:00',
  '2026-11-22T08:15:30+0100',
  '2026-11-22T08:15:3001:00',
  '2026-11-22T08:15:30.1234567+01:00',
  '2026-11-22T08:15+01:00',
  '2026-11-22T07:15:30Z+01:00',
  '2026-11-22T08:15:30+99:99',
  '2026-11-22T08:15:30+14:00',
  '2026-11-22T08:15:30-12:00',
  '2026-03-29T02:30:00',
  '2026-10-25T02:30:00',
  '2026-02-29T08:15:30',
  '2028-02-29T08:15:30',
  '2026-11-31T08:15:30+01:00',
  '2026-13-01T08:15:30+01:00',
  '2026-11-22T24:00:00+01:00',
  '2026-11-22T25:61:61',
  '2026-12-31T23:59:60Z',
  '1970-01-01T00:00:00+08:00',
  '1970-01-01T00:00:00',
  '1969-12-31T23:59:59Z',
  '2000-01-01T00:00:00',
  '0000-00-00T00:00:00',
  '0000-01-01T00:00:00',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-12:00',
  '9999-12-31T23:59:59',
  '+275760-09-13T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2038-01-19T03:14:08Z',
  '2126-11-22T08:15:30+01:00',
  '11/22/2026 08:15:30',
  '11/22/202608:15:30',
  '2026/11/22 8:5:3',
  '26-11-22 08:15:30',
  '22.11.2026 08:15',
  '1795331730',
  '1795331730123',
  '0',
  '-1',
  '99999999999999999999',
  '1e999',
  'NaN',
  'null',
  'Sun, 22 Nov 2026 07:15:30 GMT',
  '2026年11月22日 08:15:30',
  '２０２６-11-22T08:15:30',
  '2026-11-22T08:15:30\u0000',
  '2026-11-22T08:15:30 Europe/Warsaw',
  'T',
  ' ',
  '',
  '2'.repeat(5_000),
];
/** What our own clock may say when it comes. */
const OURS: readonly number[] = [
  0,
  Date.UTC(2026, 10, 22, 7, 15, 31),
  Date.UTC(2000, 0, 1),
  Date.UTC(2099, 0),
];
const ZONES = ['Europe/Warsaw', '+05:30', 'local'];
const IN_TIMES = '0123456789-:TZtz+./ ,eE';
const JSON_TYPE = 'application/json';

/** One of these characters in place of another, or beside it. */
function retouched(time: string, random: ReturnType<typeof seeded>): string {
  const at = random(time.length + 1);
  return time.slice(0, at) + IN_TIMES.charAt(random(IN_TIMES.length + 1)) + time.slice(at + random(2));
}

const xmlText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const query = (text: string): Partial<Notification> => ({ transport: 'http-get', query: text });
const document = (type: string, text: string) => notificationOf(type, [Buffer.from(text)]);
const asQuery = (text: string): Notification => ({
  ...document('text/plain', ''),
  parts: [],
  truncated: false,
  ...query(text),
});

/** Every place in which a device writes a time, and whose it is. */
const PLACES: readonly (readonly ['isapi' | 'raysharp', string, (time: string) => Notification])[] = [
  [
    'isapi',
    'XML',
    (time) =>
      document(
        'application/xml',
        `<EventNotificationAlert><eventType>linedetection</eventType><eventState>active</eventState><dateTime>${xmlText(time)}</dateTime></EventNotificationAlert>`,
      ),
  ],
  [
    'isapi',
    'JSON',
    (time) =>
      document(
        JSON_TYPE,
        JSON.stringify({ eventType: 'linedetection', eventState: 'active', dateTime: time }),
      ),
  ],
  [
    'isapi',
    'a query',
    (time) => asQuery(`eventType=linedetection&eventState=active&dateTime=${encodeURIComponent(time)}`),
  ],
  [
    'raysharp',
    'a flat document',
    (time) => document(JSON_TYPE, JSON.stringify({ EventType: 'PD', EventTime: time, EventAction: 'start' })),
  ],
  [
    'raysharp',
    'a list',
    (time) =>
      document(
        JSON_TYPE,
        JSON.stringify({
          data: { alarm_list: [{ time, channel_alarm: [{ channel: 'CH1', motion_alarm: true }] }] },
        }),
      ),
  ],
  [
    'raysharp',
    'numbers',
    (time) => document(JSON_TYPE, JSON.stringify({ eventType: 1, status: 1, channel: 0, triggerTime: time })),
  ],
  [
    'raysharp',
    'lines',
    (time) => document('text/html', `EventType=10\nStatus=1\nChannel=6\nTriggerTime=${time}\n`),
  ],
  [
    'raysharp',
    'a query',
    (time) => asQuery(`EventType=VideoMotion&EventAction=start&EventTime=${encodeURIComponent(time)}`),
  ],
];

/** Gives a delivery to an inbox of its own; what a flow gets of it, once with each zone told for the device. */
function arrivals({ load }: Build) {
  const { Inbox } = load<typeof import('../../src/inbox/inbox.js')>('src/inbox/inbox.js');
  const { createIds } = load<typeof import('../../src/event-id.js')>('src/event-id.js');
  const { DeviceZone } = load<typeof import('../../src/routing/device-zone.js')>(
    'src/routing/device-zone.js',
  );
  const { LIMITS } = load<typeof import('../../src/limits.js')>('src/limits.js');
  const { VENDORS } = load<typeof import('../../src/vendors/index.js')>('src/vendors/index.js');
  return (id: string, notification: Notification): Alarm[] => {
    const vendor = VENDORS.find((each) => each.id === id) as Vendor;
    const clock = new ManualClock(notification.receivedAt.getTime());
    const inbox = new Inbox(vendor, createIds(), LIMITS, { clock });
    const alarms: Alarm[] = [];
    const last = { alarm: (alarm: Alarm) => alarms.push(alarm), sign: () => undefined };
    inbox.subscribe(last);
    for (const zone of ZONES) inbox.subscribe(new DeviceZone(zone, last));
    inbox.accept({ notification, raw: () => Buffer.alloc(0) });
    inbox.stop();
    return alarms;
  };
}

promise(
  'P16',
  'whatever a device writes for a time, and whatever our own clock says, its event arrives, with a time that is one',
  async ({ build, short, figure }) => {
    const arrive = arrivals(build);
    const { alarm: isAlarm } = schemas();
    let events = 0;
    const check = (time: string, ours: number) => {
      for (const [vendor, place, deliver] of PLACES) {
        const where = `${JSON.stringify(time.slice(0, 60))} in ${place}, our clock at ${new Date(ours).toISOString()}`;
        const alarms = arrive(vendor, { ...deliver(time), receivedAt: new Date(ours) });
        assert.equal(alarms.length, 1 + ZONES.length, `${alarms.length} events of ${where}`);
        for (const { event } of alarms) {
          assert.equal(objections(isAlarm, event), '', where);
          assert.ok(Number.isFinite(Date.parse(event.time)), `${event.time} of ${where}`);
          assert.notEqual(event.timeRaw?.[0], '\0', `what it wrote is not told of ${where}`);
          events++;
        }
      }
    };
    for (const time of TIMES) for (const ours of OURS) check(time, ours);
    const random = seeded(20_261_122);
    const rounds = short ? 0 : 2_000;
    for (let round = 0; round < rounds; round++) {
      let time = TIMES[random(TIMES.length - 1)] ?? '';
      for (let left = 1 + random(4); left > 0; left--) time = retouched(time, random);
      check(time, OURS[random(OURS.length)] ?? 0);
    }
    figure(
      `${TIMES.length} times and ${rounds} changed ones in ${PLACES.length} places: ${events} events, each once`,
    );
  },
  [
    {
      what: 'takes a day for one that no calendar has',
      file: 'src/wire/calendar.js',
      from: '!all.every(Number.isInteger) || !exists(all)',
      to: '!all.every(Number.isInteger)',
    },
    {
      what: 'drops what is older than two minutes',
      file: 'src/vendors/isapi/notification-alert.js',
      from: 'event.time = time.iso;',
      to: "if (time.epoch < receivedAt.getTime() - 120_000) throw new Error('old'); event.time = time.iso;",
    },
  ],
);
