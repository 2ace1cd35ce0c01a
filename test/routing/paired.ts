import type { Alarm, AlarmEvent, AlarmState, Draft, Panel, Region } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import type { DeviceSign, Subscriber } from '../../src/notification.js';
import { type OpenAlarm, Pairing, type PairingSettings } from '../../src/routing/pairing.js';
import { describe } from '../../src/wording.js';
import { ManualClock } from '../support/manual-clock.js';

export const START = Date.UTC(2026, 10, 22, 7, 15, 31, 204);
export const END_AFTER = 10_000;
export const CAMERA = '00:00:5e:00:53:21';
export const OTHER_CAMERA = '00:00:5e:00:53:22';

/** What a device says; what is left out is as in most of its events. */
export interface Said {
  readonly state?: AlarmState;
  readonly device?: string;
  /** 0 for none. */
  readonly channel?: number;
  readonly type?: string;
  readonly regions?: readonly string[];
  readonly input?: string;
  readonly panel?: Panel;
  readonly history?: true;
  readonly pictures?: number;
  readonly more?: Partial<AlarmEvent>;
}

/** A pairing with a clock of its own, and what it told. */
export interface Paired {
  readonly pairing: Pairing;
  readonly clock: ManualClock;
  /** As it was when it was told, whatever became of it. */
  readonly told: Alarm[];
  readonly signs: DeviceSign[];
  /** @returns the id of the event */
  readonly say: (said?: Said) => string;
  readonly sign: (event: DeviceSign['event'], device?: string) => void;
}

export interface PairedPlan extends Partial<PairingSettings> {
  readonly language?: string;
  /** What the flow does with an alarm it is given. */
  readonly flow?: (alarm: Alarm) => void;
}

export function paired({ mode = 'time', endAfterMs = END_AFTER, language, flow }: PairedPlan = {}): Paired {
  const clock = new ManualClock(START);
  const told: Alarm[] = [];
  const signs: DeviceSign[] = [];
  const next: Subscriber = {
    ...(language !== undefined && { language }),
    alarm: (alarm) => {
      told.push(structuredClone(alarm));
      flow?.(alarm);
    },
    sign: (sign) => signs.push(sign),
  };
  const newId = createIds({ now: () => clock.now(), random: (count) => Buffer.alloc(count, 7) });
  const pairing = new Pairing({ mode, endAfterMs }, next, newId, clock);
  const say = (said: Said = {}) => {
    const alarm = alarmOf(said, newId(), new Date(clock.now()), pairing.language);
    const { id } = alarm.event;
    pairing.alarm(alarm);
    return id;
  };
  const sign = (event: DeviceSign['event'], device = CAMERA) =>
    pairing.sign({
      event,
      vendor: 'isapi',
      device: { id: device },
      since: new Date(clock.now()).toISOString(),
    });
  return { pairing, clock, told, signs, say, sign };
}

/** Each device has an address of its own; one that names no MAC address is called by it. */
const addressOf = (device: string) =>
  device.includes(':') ? `192.0.2.${Number.parseInt(device.slice(-2), 16) - 12}` : device;

/** An alarm as the inbox hands it on. */
function alarmOf(said: Said, id: string, at: Date, language: string): Alarm {
  const { state = 'active', device = CAMERA, channel = 1, type = 'VMD', regions = [], pictures = 0 } = said;
  const time = at.toISOString();
  const event: Draft<AlarmEvent> = {
    schema: 1,
    id,
    vendor: 'isapi',
    transport: 'http-push',
    device: { id: device, address: addressOf(device) },
    ...(channel > 0 && { channel, channelRaw: String(channel) }),
    type,
    kind: 'motion',
    state,
    severity: 'low',
    time,
    receivedAt: time,
    targets: ['human'],
    regions: regions.map(regionOf),
    ...(said.input !== undefined && { input: said.input }),
    ...(said.panel !== undefined && { panel: said.panel }),
    ...(said.history === true && { history: true }),
    title: '',
    text: '',
    document: { eventType: type, list: [{ a: '1' }] },
    ...said.more,
  };
  Object.assign(event, describe(event, language));
  const attachments = Array.from({ length: pictures }, (_, at) => ({
    filename: `scene-${at + 1}.jpg`,
    contentType: 'image/jpeg',
    content: Buffer.of(0xff, 0xd8, at),
    cid: `${id}.${at + 1}@camera-alarms`,
    role: 'scene' as const,
  }));
  return { event, attachments };
}

/** A region the device only drew has no number. */
const regionOf = (id: string): Region =>
  id === ''
    ? {
        id,
        polygon: [
          [0, 0],
          [1, 1],
        ],
      }
    : { id };

/** What was told, in few words: the state, and what it was made of. */
export function brief({ event }: Alarm): string {
  const { state, id, correlationId, regions, count, duration, endedBy } = event;
  const where = regions.map((region) => region.id).join(',');
  if (correlationId === undefined) return `${state} ${id}`;
  if (state === 'active') return `${correlationId === id ? 'start' : 'WRONG START'} ${id} [${where}]`;
  return `${state === 'inactive' ? 'end' : 'WRONG END'} of ${correlationId} by ${endedBy}: ${count} in ${duration} s`;
}

export const briefs = (alarms: readonly Alarm[]) => alarms.map(brief);
export const openIds = (open: readonly OpenAlarm[]) => open.map(({ event, state }) => `${event.id} ${state}`);

/** The worst a flow does with what it was given. */
export function spoil({ event, attachments }: Alarm): void {
  const seen = new Set<object>();
  const wreck = (value: unknown) => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (Buffer.isBuffer(value)) {
      value.fill(9);
      return;
    }
    for (const each of Object.values(value)) wreck(each);
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) delete fields[name];
    fields['done'] = () => undefined;
  };
  wreck(event);
  wreck(attachments);
}
