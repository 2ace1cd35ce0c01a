/** What a simulated device offers of a subscribed stream (isapi.md §1.13). */
export interface SubscriptionOffer {
  readonly events: readonly string[];
  /** Bounds of the heartbeat in seconds; a device may leave them out. */
  readonly heartbeat?: readonly [least: number, most: number];
  /** The subscription is answered so, whatever is offered. */
  readonly refusal?: { readonly status: string; readonly body?: string };
  /** Types that are offered and then not subscribed. */
  readonly fails?: readonly string[];
}

/** What a client subscribed. */
export interface Subscribed {
  /** In lower case; undefined for all. */
  readonly events: ReadonlySet<string> | undefined;
  readonly heartbeatMs: number;
}

const NAMESPACE = 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const USUAL_SECONDS = 30;

export function deviceCapabilities(offer: SubscriptionOffer | undefined): string {
  return `${DECLARATION}<DeviceCap ${NAMESPACE}>\n<SysCap>\n<isSupportDst>true</isSupportDst>\n</SysCap>\n<isSupportSubscribeEvent>${offer !== undefined}</isSupportSubscribeEvent>\n</DeviceCap>\n`;
}

export function subscriptionCapabilities({ events, heartbeat }: SubscriptionOffer): string {
  const bounds = heartbeat === undefined ? '' : `<heartbeat min="${heartbeat[0]}" max="${heartbeat[1]}"/>\n`;
  const list = events.map(
    (type) =>
      `<Event>\n<type>${type}</type>\n<pictureURLType opt="binary,localURL" def="localURL"/>\n</Event>\n`,
  );
  return `${DECLARATION}<SubscribeEventCap ${NAMESPACE}>\n${bounds}<channelMode opt="all"/>\n<eventMode opt="all,list"/>\n<EventList>\n${list.join('')}</EventList>\n</SubscribeEventCap>\n`;
}

/** Reads a subscription. Undefined for what is none. */
export function subscribed(body: string): Subscribed | undefined {
  const mode = /<eventMode>(all|list)<\/eventMode>/.exec(body)?.[1];
  if (!body.includes('<SubscribeEvent ') || mode === undefined) return undefined;
  const seconds = Number(/<heartbeat>(\d+)<\/heartbeat>/.exec(body)?.[1] ?? USUAL_SECONDS);
  const types = [...body.matchAll(/<type>([\w.-]+)<\/type>/g)].map(([, type = '']) => type.toLowerCase());
  return { events: mode === 'all' ? undefined : new Set(types), heartbeatMs: seconds * 1000 };
}

/** The first part of a subscribed stream. */
export function subscriptionResponse(fails: readonly string[]): string {
  const failed = fails.map((type) => `<FailedEvent>\n<type>${type}</type>\n</FailedEvent>\n`).join('');
  const list = failed === '' ? '' : `<FailedEventList>\n${failed}</FailedEventList>\n`;
  return `${DECLARATION}<SubscribeEventResponse ${NAMESPACE}>\n<id>1</id>\n${list}</SubscribeEventResponse>\n`;
}
