import type { Alarm, AlarmEvent, Attachment } from '../event.js';
import { alarmTopic, deviceTopic } from '../topic.js';
import type { Wording } from '../wording.js';
import { oneLine } from './cut.js';
import type { State } from './incoming.js';
import { isFilm, type Outgoing } from './message.js';

/** Where the pictures of an alarm go: each on a topic of its own, into the JSON of the alarm, or nowhere. */
export type Pictures = 'topics' | 'inside' | 'none';

/**
 * An alarm for `mqtt out`, below `prefix`: the event as JSON, without the vendor's document unless the pictures are
 * inside, so that it becomes the very same alarm again elsewhere.
 * @returns the event last
 */
export function mqttAlarm(
  { event, attachments, raw }: Pick<Alarm, 'event' | 'attachments' | 'raw'>,
  { title, text }: Wording,
  prefix: string,
  pictures: Pictures,
): Outgoing[] {
  const topic = `${topicPrefix(prefix)}/${alarmTopic(event)}`;
  const told: AlarmEvent = { ...event, title, text };
  if (pictures === 'inside') {
    const payload = {
      ...told,
      attachments: attachments.map((each) => ({ ...listed(each), content: each.content.toString('base64') })),
      ...(raw !== undefined && { raw: raw.toString('base64') }),
    };
    return [{ topic, payload: JSON.stringify(payload) }];
  }
  const sent = pictures === 'none' ? [] : attachments.map((each, index) => placed(each, index, topic));
  const list = sent.map(({ attachment: { filename, contentType, role }, topic: place }) => ({
    filename,
    contentType,
    role,
    topic: place,
  }));
  // The document stays in its place, empty: the schema of an event asks for one.
  const payload = { ...told, document: {}, ...(list.length > 0 && { attachments: list }) };
  return [
    ...sent.map(({ attachment, topic: place }) => ({ topic: place, payload: attachment.content })),
    // Behind its pictures: whoever hears of the alarm can look at them, and when `mqtt out` is done with this message,
    // by which the alarm is confirmed, all of it is with the broker.
    { topic, payload: JSON.stringify(payload) },
  ];
}

/** What is known of a device, as JSON with words for people. */
export function mqttState(
  { vendor, sign, alarm }: State,
  { title, text }: Wording,
  prefix: string,
): Outgoing {
  const { raw, ...told } = sign;
  const payload = {
    ...told,
    title,
    text,
    ...(alarm !== undefined && { alarm: { ...alarm, document: {} } }),
    ...(raw !== undefined && { raw: raw.toString('base64') }),
  };
  return {
    topic: `${topicPrefix(prefix)}/${deviceTopic(vendor, sign.device, 'state')}`,
    payload: JSON.stringify(payload),
  };
}

/** A place to publish below: without wildcards (MQTT 3.1.1 §4.7.1), and not among those of the broker (§4.7.2). */
export function topicPrefix(prefix: string): string {
  const clean = oneLine(prefix).replace(/[+#]/g, '-').slice(0, LONGEST_PREFIX);
  return clean.replace(/^[/$]+|\/+$/g, '') || 'alarms';
}

/** A topic is at most 65,535 bytes; nobody types more than this. */
const LONGEST_PREFIX = 1_000;

const listed = ({ filename, contentType, role, cid }: Attachment) => ({ filename, contentType, role, cid });

function placed(attachment: Attachment, index: number, topic: string) {
  return { attachment, topic: `${topic}/${isFilm(attachment) ? 'film' : 'picture'}/${index + 1}` };
}
