import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { alarmMessage } from '../../nodes/lib/to-msg.js';
import { AlarmError } from '../../src/errors.js';
import type { Alarm } from '../../src/event.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { AlarmDraft, Notification, Vendor } from '../../src/notification.js';
import { BodyReader } from '../../src/wire/body.js';
import { describe } from '../../src/wording.js';

const PACKAGE = '@camera-alarms/node-red-camera-alarms';

/** The project's folder, wherever the compiled tests lie. */
export const ROOT = [__dirname, process.cwd()].map(packageAbove).find((found) => found !== undefined) ?? '.';

/** When and from where every fixture arrives. */
export const RECEIVED_AT = new Date('2026-11-22T07:15:31.204Z');
export const SENDER = '192.0.2.7';

/** A request as a device sends it, and what must come of it. */
export interface Fixture {
  readonly name: string;
  readonly raw: Buffer;
  /** Request line and header lines without their last, empty one. */
  readonly head: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  readonly expected: readonly ExpectedAlarm[];
}

/** What a decoder tells the inbox beside the event. */
type Marks = Pick<AlarmDraft, 'condition' | 'awaits' | 'brings'>;

/** What NAME.events.json says: the event without what differs from run to run, its pictures by their digest. */
export interface ExpectedAlarm extends Marks {
  readonly event: Readonly<Record<string, unknown>>;
  readonly attachments: readonly ExpectedPicture[];
}

export interface ExpectedPicture {
  readonly filename: string;
  readonly contentType: string;
  readonly role: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** All fixtures of a vendor, by name. */
export function fixturesOf(vendor: string): Fixture[] {
  const folder = path.join(ROOT, 'test/fixtures', vendor);
  const names = readdirSync(folder).filter((file) => file.endsWith('.http'));
  return names.sort().map((file) => readFixture(folder, path.basename(file, '.http')));
}

function readFixture(folder: string, name: string): Fixture {
  const raw = readFileSync(path.join(folder, `${name}.http`));
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.subarray(0, Math.max(0, end)).toString('latin1');
  return {
    name,
    raw,
    head,
    contentType: /^content-type:\s*(.*)$/im.exec(head)?.[1],
    body: raw.subarray(end + 4),
    expected: JSON.parse(readFileSync(path.join(folder, `${name}.events.json`), 'utf8')),
  };
}

/** The limits by which the listener reads what this vendor's devices send. */
export function limitsOf({ embedsPictures }: Vendor): Limits {
  return embedsPictures ? { ...LIMITS, documentBytes: LIMITS.bodyBytes } : LIMITS;
}

/** A delivery of these bytes, read the way the listener reads it. */
export function notificationOf(
  contentType: string | undefined,
  chunks: readonly Buffer[],
  more: Partial<Notification> = {},
  limits: Limits = LIMITS,
): Notification {
  const reader = new BodyReader(contentType, limits);
  for (const chunk of chunks) reader.write(chunk);
  const { parts, truncated } = reader.end();
  const notification = { transport: 'http-push', receivedAt: RECEIVED_AT, address: SENDER, parts } as const;
  return { ...notification, ...more, truncated: truncated || more.truncated === true };
}

/** What the vendor reads from a delivery; undefined when it says in so many words that it cannot. */
export function decoded(vendor: Vendor, notification: Notification): AlarmDraft[] | undefined {
  try {
    return vendor.decode(notification, LIMITS);
  } catch (error) {
    if (error instanceof AlarmError) return undefined;
    throw error;
  }
}

/** An alarm in the form of NAME.events.json. */
export function asExpected({ event, attachments, condition, awaits, brings }: Alarm & Marks): ExpectedAlarm {
  const {
    schema: _s,
    id: _i,
    receivedAt: _r,
    clockSkew: _c,
    title: _t,
    text: _x,
    severity: _v,
    ...stable
  } = event;
  return {
    event: asJson(stable),
    attachments: attachments.map(({ filename, contentType, role, content }) => ({
      filename,
      contentType,
      role,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
    ...(condition && { condition }),
    ...(awaits !== undefined && { awaits }),
    ...(brings !== undefined && { brings }),
  };
}

/** A value as it is when it was written as JSON and read again: what a message is to the outside. */
export function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** alarm-event.schema.json as it ships: the payload of output 1, and that of output 2. */
export function schemas() {
  const schema = JSON.parse(readFileSync(path.join(ROOT, 'alarm-event.schema.json'), 'utf8'));
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
  const alarm = ajv.compile(schema);
  const state = ajv.getSchema('alarm-event.schema.json#/definitions/deviceState') as ValidateFunction;
  return { schema, alarm, state };
}

/** What a schema has against a value, in one line; empty when nothing. */
export function objections(validate: ValidateFunction, value: unknown): string {
  if (validate(asJson(value)) === true) return '';
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}

function packageAbove(folder: string): string | undefined {
  const file = path.join(folder, 'package.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === PACKAGE) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : packageAbove(above);
}

/** The message of an alarm, with words in a language as the inbox would put them. */
export function message({ event, attachments }: Alarm, language: string) {
  return alarmMessage({
    event: { ...event, id: event.id || '0'.repeat(24), ...describe(event, language) },
    attachments,
  });
}
