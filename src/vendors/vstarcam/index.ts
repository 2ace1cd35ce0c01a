import { createHash } from 'node:crypto';
import { bareEvent } from '../../bare-event.js';
import { AlarmError } from '../../errors.js';
import type { AlarmEvent, Device, Draft } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { AlarmDraft, BodyPart, Notification, Reply, Vendor } from '../../notification.js';
import { decodeText } from '../../wire/charset.js';
import { isFields } from '../../wire/fields.js';
import { parseJsonText } from '../../wire/json.js';
import { LongStrings } from '../../wire/long-strings.js';
import { ALARM_TYPES, readCode } from './alarm-types.js';
import { readFiles } from './files.js';
import { FILE_NAMES, type Form, readForm, wordsOf } from './form.js';

/** VStarcam cameras: heartbeat, and alarms with picture and film (seed 002). */
export const vstarcam: Vendor = {
  id: 'vstarcam',
  embedsPictures: true,
  sendsFormData: true,
  takesSubpaths: true,
  // Three missed ones, with half of one to spare (unknowns V7).
  steadyHeartbeat: { stale: 1.5, offline: 3.5 },
  decode,
  reply: () => answer('200', 'Success'),
  refusal: (status) => answer(String(status), 'Refused'),
};

function decode(notification: Notification, limits: Limits): AlarmDraft[] {
  const { parts, address, truncated } = notification;
  const [document] = parts.filter(({ kind }) => kind === 'json');
  const form = document === undefined ? readForm(parts, truncated) : readJson(document, limits);
  const { vuid, type, files } = form;
  const isPart = truncated && (vuid === undefined || type === undefined);
  if ((vuid === undefined && type === undefined) || isPart) throw new AlarmError('EVENT_UNKNOWN_ROOT');
  const device: Device = vuid === undefined ? { id: address, address } : { id: vuid, serial: vuid, address };
  if (type === undefined && files.length === 0)
    return [{ event: eventOf(notification, device, form, 'heartbeat'), attachments: [] }];
  return [alarm(notification, device, form, limits)];
}

function alarm(notification: Notification, device: Device, form: Form, limits: Limits): AlarmDraft {
  const { attachments, cut } = readFiles(form.files, limits.pictureBytes);
  const { type = 'alarm' } = form;
  const code = readCode(type);
  const event = eventOf(notification, device, form, type);
  event.kind = ALARM_TYPES.get(code ?? -1) ?? 'unknown';
  event.channel = 1;
  if (event.kind === 'person') event.targets = ['human'];
  if (code !== undefined) event.document = { ...event.document, code };
  if (cut) event.truncated = true;
  const hash = createHash('sha1');
  for (const { content } of attachments) hash.update(content);
  return { event, attachments, key: JSON.stringify([device.id, type, hash.digest('hex')]) };
}

/** The camera says no time and has one channel. */
function eventOf(
  notification: Notification,
  device: Device,
  { vuid, type: word, more }: Form,
  type: string,
): Draft<AlarmEvent> {
  const event = bareEvent('vstarcam', notification, device, type);
  event.document = {
    ...more,
    ...(vuid !== undefined && { vuid }),
    ...(word !== undefined && { type: word }),
  };
  return event;
}

function readJson(part: BodyPart, limits: Limits): Form {
  const long = new LongStrings(
    decodeText(part.bytes, part.contentType)
      .text.replace(/^\uFEFF/, '')
      .trim(),
    limits,
  );
  const value = parseJsonText(long.text, limits);
  if (!isFields(value)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
  const told = long.told(value);
  const { vuid, type } = wordsOf(
    Object.entries(told).flatMap(([name, each]) => (isWord(each) ? [[name, String(each)] as const] : [])),
  );
  const files = FILE_NAMES.flatMap((name) => {
    const text = long.whole(value[name]);
    return text === undefined ? [] : [{ ...part, name, kind: 'unknown' as const, bytes: Buffer.from(text) }];
  });
  return { vuid, type, more: told, files };
}

const isWord = (value: unknown) => typeof value === 'string' || typeof value === 'number';

/** Seed 002 §4: the code is a text. */
function answer(code: string, message: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify({ code, message }),
  };
}
