import { isIP } from 'node:net';
import { hasEmptyElement, type Tree, textOf, treesOf } from './documents.js';
import { type HostsBehaviour, USUAL_LIMITS } from './hosts-behaviour.js';
import type { Word } from './response-status.js';

/** Why a device refuses a slot; undefined when it takes it. */
export function refusalOf(slot: Tree, behaviour: HostsBehaviour): Word | undefined {
  if (behaviour.emptyElements === 'refused' && hasEmptyElement(slot)) return 'badParameters';
  if (textOf(slot, 'protocolType') === 'EHome') {
    return behaviour.eHome === 'any' || hasAddress(slot) ? undefined : 'badXmlContent';
  }
  if (behaviour.unknownFields === 'refused' && hasUnknown(slot, behaviour.fields)) return 'badXmlContent';
  return isWithinLimits(slot, behaviour) ? undefined : behaviour.beyondLimits;
}

/** Whether a slot is meant for a server: an unused one says 0.0.0.0, or nothing at all (isapi.md §8.2). */
function hasAddress(slot: Tree): boolean {
  const address = textOf(slot, 'hostName') || textOf(slot, 'ipv6Address') || textOf(slot, 'ipAddress') || '';
  return !['', '0.0.0.0', '::'].includes(address) && textOf(slot, 'portNo') !== '';
}

const hasUnknown = (slot: Tree, fields: readonly string[]) =>
  Object.keys(slot).some((name) => !/^[@#]|^password$/.test(name) && !fields.includes(name));

function isWithinLimits(slot: Tree, { limits: own, format }: HostsBehaviour): boolean {
  const limits = { ...USUAL_LIMITS, ...own };
  const value = (name: string) => textOf(slot, name) || undefined;
  const among = (name: string, choice: readonly string[]) => {
    const sent = value(name);
    return sent === undefined || choice.includes(sent);
  };
  const url = value('url') ?? '';
  const isAbsolute = /^https?:\/\//i.test(url);
  const address = value('ipAddress');
  const port = Number(value('portNo') ?? limits.port[0]);
  const beats = treesOf(slot, 'SubscribeEvent').map((subscribed) => Number(textOf(subscribed, 'heartbeat')));
  const { heartbeat = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] } = limits;
  return (
    url.length <= limits.urlLength &&
    (limits.url === 'either' || url === '' || (limits.url === 'absolute') === isAbsolute) &&
    among('protocolType', limits.protocols) &&
    among('parameterFormatType', limits.formats) &&
    among('addressingFormatType', limits.addressing) &&
    among('httpAuthenticationMethod', limits.authentication) &&
    // A device of seed 001 writes the kind of its address where the address belongs.
    (address === undefined || isIP(address) > 0 || format === 'json') &&
    Number.isInteger(port) &&
    port <= limits.port[1] &&
    (port >= limits.port[0] || !hasAddress(slot)) &&
    beats.every((seconds) => Number.isNaN(seconds) || (seconds >= heartbeat[0] && seconds <= heartbeat[1]))
  );
}
