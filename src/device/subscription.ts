import { AlarmError } from '../errors.js';
import { readCapabilities } from '../wire/device-document.js';
import { child, children, type Fields, number, text } from '../wire/fields.js';
import type { DeviceClient } from './device-client.js';

/** What is wanted of a subscribed stream. */
export interface SubscriptionWish {
  /** Event types as the device names them; none for all. */
  readonly events: readonly string[];
}

type Subscribable = Pick<DeviceClient, 'stream' | 'limits' | 'generalLimits'>;

const CAPABILITIES = '/ISAPI/System/capabilities';
const SUBSCRIPTION_CAPABILITIES = '/ISAPI/Event/notification/subscribeEventCap';
/** Where it stands in the document differs between generations. */
const OFFERED = /<(?:\w+:)?isSupportSubscribeEvent>\s*true\s*<|"isSupportSubscribeEvent"\s*:\s*"?true\b/;
/** Of an access controller: which of its events, as the device lists them. */
const MINORS = ['minorAlarm', 'minorException', 'minorOperation', 'minorEvent'];

/**
 * Asks a device for its subscription (isapi.md §1.13): the document to subscribe with, or undefined when it offers
 * none. Where the device cannot choose among the wanted events, all are subscribed: rather too many than none.
 * @throws AlarmError `STREAM_HTTP` while the device cannot say, and those of the client
 */
export async function subscriptionOf(
  client: Subscribable,
  { events }: SubscriptionWish,
  signal: AbortSignal,
): Promise<string | undefined> {
  const offered = await ask(client, CAPABILITIES, signal);
  if (offered === undefined || !OFFERED.test(offered.toString('latin1'))) return undefined;
  const body = (await ask(client, SUBSCRIPTION_CAPABILITIES, signal)) ?? Buffer.alloc(0);
  const capabilities = readCapabilities(body, 'SubscribeEventCap', client.generalLimits);
  return documentOf(heartbeatOf(capabilities, client.limits.heartbeatMs), chosenOf(capabilities, events));
}

/**
 * Over a connection that ends with the answer, so that there is never a second one beside the stream. Undefined for
 * anything but a document: there are devices that answer every question with their stream.
 */
async function ask(client: Subscribable, path: string, signal: AbortSignal): Promise<Buffer | undefined> {
  const call = new AbortController();
  const giveUp = () => call.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', giveUp);
  const late = setTimeout(() => call.abort(new AlarmError('DEVICE_TIMEOUT')), client.limits.offerTimeoutMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const noDocument = new AlarmError('DEVICE_ANSWER_TOO_LARGE');
  const sink = {
    open: (headers: ReadonlyMap<string, string>) => {
      if (/^\s*multipart\//i.test(headers.get('content-type') ?? '')) call.abort(noDocument);
    },
    data: (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > client.limits.offerBytes) call.abort(noDocument);
      else chunks.push(chunk);
    },
  };
  try {
    const { status } = await client.stream({ path, signal: call.signal }, sink);
    // It boots, or has too much to do: nothing is known yet.
    if (status >= 500 && status !== 501) throw new AlarmError('STREAM_HTTP', `status ${status}`);
    return status === 200 ? Buffer.concat(chunks) : undefined;
  } catch (error) {
    if (error === noDocument) return undefined;
    throw error;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', giveUp);
  }
}

/** In seconds, as near to what we want as the device lets it be; undefined when it does not say. */
function heartbeatOf(capabilities: Fields | undefined, wantedMs: number): number | undefined {
  const bounds = child(capabilities, 'heartbeat');
  const [least, most] = [number(bounds, '@min'), number(bounds, '@max')];
  if (least === undefined || most === undefined || least > most) return undefined;
  return Math.min(most, Math.max(least, wantedMs / 1000));
}

/** The wanted events as the device offers them; none when it must send all. */
function chosenOf(capabilities: Fields | undefined, events: readonly string[]): Fields[] {
  const modes = text(child(capabilities, 'eventMode'), '@opt') ?? '';
  if (!modes.split(',').some((mode) => mode.trim() === 'list')) return [];
  const offered = new Map(
    children(child(capabilities, 'EventList'), 'Event').map((event) => [
      (text(event, 'type') ?? '').toLowerCase(),
      event,
    ]),
  );
  const chosen = [...new Set(events.map((event) => event.toLowerCase()))].map((event) => offered.get(event));
  return chosen.some((event) => event === undefined) ? [] : (chosen as Fields[]);
}

function documentOf(heartbeat: number | undefined, events: readonly Fields[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<SubscribeEvent version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">',
    ...(heartbeat === undefined ? [] : [`<heartbeat>${heartbeat}</heartbeat>`]),
    `<eventMode>${events.length === 0 ? 'all' : 'list'}</eventMode>`,
    ...(events.length === 0 ? [] : ['<EventList>', ...events.flatMap(eventOf), '</EventList>']),
    '</SubscribeEvent>',
    '',
  ].join('\n');
}

/** Its pictures come with it wherever the device leaves that open. */
function eventOf(event: Fields): string[] {
  const choices = (name: string) => text(child(event, name), '@opt') ?? '';
  const minors = MINORS.flatMap((name) => element(name, choices(name)));
  const binary = /(?:^|,)\s*binary\s*(?:,|$)/.test(choices('pictureURLType')) ? 'binary' : '';
  return [
    '<Event>',
    ...element('type', text(event, 'type') ?? ''),
    ...minors,
    ...element('pictureURLType', binary),
    '</Event>',
  ];
}

/** What a device wrote goes back to it only where it is a plain word or a list of them. */
const element = (name: string, value: string) =>
  /^[\w., -]+$/.test(value) ? [`<${name}>${value}</${name}>`] : [];
