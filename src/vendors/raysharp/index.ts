import { AlarmError } from '../../errors.js';
import type { Device } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { AlarmDraft, BodyPart, Notification, Reply, Vendor } from '../../notification.js';
import { decodeText } from '../../wire/charset.js';
import { isPicture } from '../../wire/classify.js';
import { type Fields, isFields, text } from '../../wire/fields.js';
import { parseJsonText } from '../../wire/json.js';
import { LongStrings } from '../../wire/long-strings.js';
import { parseXml } from '../../wire/xml.js';
import { isEnvelope, readEnvelope } from './envelope.js';
import { readFlat } from './flat.js';
import { entries, lowered } from './names.js';
import { readJsonOf2019, readLinesOf2017 } from './numbered.js';
import { Push } from './push.js';
import { readQuery, readText } from './text.js';

/** Recorders and cameras with an "event push platform": RaySharp and its OEM brands. */
export const raysharp: Vendor = {
  id: 'raysharp',
  takesQuery: true,
  embedsPictures: true,
  keepAlivePath: '/api/httplistening/keeplive',
  // No doubt before: its shortest interval is a minute.
  steadyHeartbeat: { offline: 1.5 },
  heartbeat,
  decode,
  reply,
};

/** Whatever comes to the path for signs of life is one: its body says no more than the time. */
function heartbeat({ keepAlive, address }: Notification): Device | undefined {
  return keepAlive === true ? { id: address, address } : undefined;
}

/** The document is found by what it holds: requests of 2017 say that they are HTML (unknowns §3). */
function decode(notification: Notification, limits: Limits): AlarmDraft[] {
  const parts = notification.parts.filter(({ kind }) => kind !== 'empty' && !isPicture(kind));
  // They send one; any number would hold everything else up.
  if (parts.length > 1) throw new AlarmError('PARTS_TOO_MANY');
  if (parts[0] !== undefined) return readPart(parts[0], notification, limits);
  if (notification.keepAlive === true)
    return [beat('KeepLive', {}, new Push(notification, undefined, {}, limits))];
  const asked = readQuery(notification.query ?? '', limits);
  if (asked === undefined) throw new AlarmError('DOCUMENT_MISSING');
  return readPlain(asked, notification, limits);
}

/** Without NUL bytes, byte order marks and blanks around it. No expression: one tries every blank within a text anew. */
function bare(text: string): string {
  const isAround = (code: number) => code <= 0x20 || code === 0xfeff;
  let from = 0;
  let to = text.length;
  while (from < to && isAround(text.charCodeAt(from))) from++;
  while (to > from && isAround(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function readPart(part: BodyPart, notification: Notification, limits: Limits): AlarmDraft[] {
  const content = bare(decodeText(part.bytes, part.contentType).text);
  if (content.startsWith('<')) {
    const { content: fields } = parseXml(Buffer.from(content), limits);
    return readPlain(fields, notification, limits);
  }
  if (!/^[{[]/.test(content)) {
    // Nothing in lines tells where they end: half a time would pass for one.
    if (notification.truncated || part.truncated) throw new AlarmError('DOCUMENT_MISSING');
    return readPlain(readText(content, limits), notification, limits);
  }
  const long = new LongStrings(content, limits);
  const value = parseJsonText(long.text, limits);
  const items = [value].flat();
  if (items.length === 0) throw new AlarmError('EVENT_UNKNOWN_ROOT');
  const drafts: AlarmDraft[] = [];
  for (const item of items) {
    if (!isFields(item)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
    drafts.push(...readObject(unwrapped(item), notification, long, limits));
    // So many would hold everything else up.
    if (drafts.length > limits.alertsPerDocument) throw new AlarmError('JSON_TOO_COMPLEX');
  }
  return drafts;
}

/** What stands in `data`, with or without a result around it. */
function unwrapped(value: Fields): Fields {
  const [inner] = entries(lowered(value), 'data');
  return inner !== undefined && Object.keys(inner).length > 0 ? inner : value;
}

function readObject(
  data: Fields,
  notification: Notification,
  long: LongStrings,
  limits: Limits,
): AlarmDraft[] {
  const fields = lowered(data);
  if (isForeign(fields)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
  const [identity] = entries(fields, 'dev_net_info').map(lowered);
  const push = new Push(notification, long, identity ?? fields, limits);
  if (isNumbered(fields)) return readJsonOf2019(data, push);
  if ('eventtype' in fields) return [readFlat(data, push)];
  const told = isEnvelope(fields) ? readEnvelope(fields, push) : [];
  if (told.length > 0) return told;
  if (text(fields, 'heat_alarm') !== undefined) return [beat('heat_alarm', data, push)];
  if (isTimeAlone(fields)) return [beat('KeepLive', data, push)];
  if (isEnvelope(fields)) return [];
  throw new AlarmError('EVENT_UNKNOWN_ROOT');
}

const beat = (type: string, document: Fields, push: Push) =>
  push.draft({ type, kind: 'heartbeat', state: 'pulse', document });

/** Fields as text: of a query, of lines or of XML. */
function readPlain(data: Fields, notification: Notification, limits: Limits): AlarmDraft[] {
  const fields = lowered(data);
  if (!('eventtype' in fields) || isForeign(fields)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
  const push = new Push(notification, undefined, fields, limits);
  return [isNumbered(fields) ? readLinesOf2017(data, push) : readFlat(data, push)];
}

/** An alert of ISAPI has an `eventType` too, and says by `eventState` what these say by `EventAction`. */
const isForeign = (fields: Fields) => 'eventstate' in fields;

const isNumbered = (fields: Fields) => /^\d{1,3}$/.test(text(fields, 'eventtype') ?? '');

const isTimeAlone = (fields: Fields) =>
  Object.keys(fields).every((name) => name === 'time' || name === 'version') && 'time' in fields;

/** What the documents of the maker print (raysharp-vstarcam-others.md §1.8). Each request has its own connection. */
function reply(): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: '{"result":"success","data":{}}',
  };
}
