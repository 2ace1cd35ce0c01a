import { isAscii } from 'node:buffer';
import type { Device, Draft } from '../../event.js';
import type { Notification } from '../../notification.js';
import { readMac } from '../../wire/mac.js';

/** Longer than any heartbeat that was seen. */
const LONGEST = 2_048;
/** Looked for in the bytes: most deliveries are no heartbeat. */
const VIDEO_LOSS = Buffer.from('>videoloss<');

const S = '[ \\t\\r\\n]*';
/** Text between tags: no tag, and no control character, which the parser would leave out. */
const TEXT = '[^<\\0-\\x08\\x0b\\x0c\\x0e-\\x1f]*';
/** A few attributes with quotes that match. */
const ATTRIBUTES = `(?:[ \\t\\r\\n]+[\\w:]+="[^"<>=\\0-\\x1f]*"){0,8}${S}`;
/** Names that are looked at, wherever they stand. */
const KNOWN = '(?:\\w+:)?(?:eventType|eventState|macAddress|serialNumber|Extensions)';
/** Elements without children that are not looked at; `group` is the number of their name among the groups. */
const others = (group: number) =>
  `(?:<(?!${KNOWN}[ \\t\\r\\n/>])([A-Za-z_][\\w.:-]*)${ATTRIBUTES}(?:/>|>${TEXT}</\\${group}>)${S})*`;
/** One that is, with what it holds; `prefix` is the number of its prefix among the groups. */
const one = (name: string, prefix: number, text: string) =>
  `<((?:\\w+:)?)${name}${ATTRIBUTES}>${S}${text}</\\${prefix}${name}>${S}`;
/** Plain text with blanks around it, or nothing. */
const WORD = `(?:([^<& \\t\\r\\n\\0-\\x1f]+)${S})?`;

/**
 * The usual heartbeat: plain elements in the order that all devices keep, behind them the maker's own ones. The fourth
 * group is the MAC address, the thirteenth the serial number.
 */
const HEARTBEAT = new RegExp(
  `^${S}(?:<\\?xml[^<>\\0-\\x1f]*\\?>${S})?<((?:\\w+:)?EventNotificationAlert)${ATTRIBUTES}>${S}` +
    `(?:${others(2)}(?:<macAddress/>${S}|${one('macAddress', 3, WORD)}))?${others(5)}` +
    `${one('eventType', 6, `videoloss${S}`)}${others(7)}${one('eventState', 8, `inactive${S}`)}${others(9)}` +
    `(?:<((?:\\w+:)?Extensions)${ATTRIBUTES}>${S}` +
    `(?:${others(11)}${one('serialNumber', 12, WORD)})?${others(14)}</\\10>${S})?</\\1>${S}$`,
);

/**
 * Recognises the usual heartbeat, an XML document of plain elements that says `videoloss` and `inactive`
 * (isapi.md §2.1), without making anything of the rest. Gives up wherever more than that could be meant: what it does
 * not take is decoded like anything else, and every document it takes would be read as a heartbeat of that device.
 */
export function heartbeat({ parts, query, truncated, address }: Notification): Device | undefined {
  const [part] = parts;
  if (part?.kind !== 'xml' || parts.length !== 1 || part.bytes.length > LONGEST) return undefined;
  if (truncated || part.truncated || query !== undefined) return undefined;
  if (!part.bytes.includes(VIDEO_LOSS) || !isAscii(part.bytes)) return undefined;
  const match = HEARTBEAT.exec(part.bytes.toString('latin1'));
  if (match === null) return undefined;
  const mac = readMac(match[4]);
  const device: Draft<Device> = { id: mac ?? address };
  if (mac !== undefined) device.mac = mac;
  if (match[13]) device.serial = match[13];
  device.address = address;
  return device;
}
