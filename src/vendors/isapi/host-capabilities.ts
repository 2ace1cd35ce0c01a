import type { Limits } from '../../limits.js';
import { readCapabilities } from '../../wire/device-document.js';
import { child, type Fields, number, text } from '../../wire/fields.js';

/** What a device says it can store of a host that it pushes to; what it does not say is absent. */
export interface HostCapabilities {
  readonly urlLength?: number;
  readonly leastPort?: number;
  readonly mostPort?: number;
  readonly userNameLength?: number;
  readonly passwordLength?: number;
  /** As the device spells them. */
  readonly protocols: readonly string[];
  readonly formats: readonly string[];
  readonly addressing: readonly string[];
  readonly authentication: readonly string[];
  readonly pictures: readonly string[];
  /** Types of events that `eventType` may name (seed 001). */
  readonly events: readonly string[];
  /** Letters that it holds. */
  readonly eventsLength?: number;
  /** Bounds of the heartbeat of a pushing device, seconds; without bounds it is from 1 to 60. */
  readonly heartbeat?: { readonly least: number; readonly most: number };
}

/** For a device that does not say (isapi.md §8.7): what it refuses tells. */
export const UNKNOWN_CAPABILITIES: HostCapabilities = {
  protocols: [],
  formats: [],
  addressing: [],
  authentication: [],
  pictures: [],
  events: [],
};

/**
 * Reads `httpHosts/capabilities`, XML or JSON (seed 003 §1.2). Never throws: there are devices that answer with the
 * word `true`, or with nothing that is right.
 */
export function readHostCapabilities(body: Buffer, limits: Limits): HostCapabilities {
  const fields = readCapabilities(body, 'HttpHostNotificationCap', limits);
  const options = (name: string) =>
    (text(child(fields, name), '@opt') ?? '')
      .split(',')
      .map((option) => option.trim())
      .filter((option) => option !== '');
  const most = (...names: string[]) =>
    names.map((name) => number(child(fields, name), '@max')).find((max) => max !== undefined);
  const port = child(fields, 'portNo');
  return {
    protocols: options('protocolType'),
    formats: options('parameterFormatType'),
    addressing: options('addressingFormatType'),
    authentication: options('httpAuthenticationMethod'),
    pictures: options('uploadImagesDataType'),
    events: options('eventType'),
    ...known('eventsLength', most('eventType')),
    ...known('urlLength', most('urlLen', 'url')),
    ...known('userNameLength', most('userNameLen', 'userName')),
    ...known('passwordLength', most('passwordLen', 'password')),
    ...known('leastPort', number(port, '@min')),
    ...known('mostPort', number(port, '@max')),
    ...known('heartbeat', heartbeatOf(child(fields, 'SubscribeEvent') ?? child(fields, 'SubscribeEventCap'))),
  };
}

function heartbeatOf(subscription: Fields | undefined): HostCapabilities['heartbeat'] {
  const bounds = child(subscription, 'heartbeat');
  if (bounds === undefined) return undefined;
  return { least: number(bounds, '@min') ?? 1, most: number(bounds, '@max') ?? 60 };
}

const known = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
