/**
 * The list of httpHosts as text, cut where its slots are: a device of the verbatim kind changes one and leaves every
 * other byte alone. Bytes are kept as characters of Latin-1, so that any encoding survives.
 */

/** Where what is in a slot stands in its list. */
export interface Slot {
  readonly id: string;
  /** Between its tags, or a whole object of JSON. */
  readonly from: number;
  readonly to: number;
  /** With its tags. */
  readonly outerFrom: number;
  readonly outerTo: number;
}

const SLOT = 'HttpHostNotification';
const XML_SLOT = new RegExp(`<((?:[\\w.-]+:)?)${SLOT}(\\s[^>]*)?>([\\s\\S]*?)</\\1${SLOT}\\s*>`, 'g');
const XML_ID = /<(?:[\w.-]+:)?id\s*>\s*([^<]*?)\s*<\//;
const JSON_ID = /"id\s*"\s*:\s*"?([^",}\s]+)/;

/** The slots of a list in the order they stand there. */
export function slotsOf(list: string, format: 'xml' | 'json'): Slot[] {
  return format === 'xml' ? xmlSlots(list) : jsonSlots(list);
}

function xmlSlots(list: string): Slot[] {
  return [...list.matchAll(XML_SLOT)].map((match) => {
    const [whole, , , inside = ''] = match;
    const from = match.index + whole.indexOf('>') + 1;
    const outerTo = match.index + whole.length;
    const id = XML_ID.exec(inside)?.[1] ?? '';
    return { id, from, to: from + inside.length, outerFrom: match.index, outerTo };
  });
}

/** The objects of the array behind the name of a slot, or that object when there is no array. */
function jsonSlots(list: string): Slot[] {
  const name = new RegExp(`"${SLOT}\\s*"\\s*:`).exec(list);
  const slots: Slot[] = [];
  if (name === null) return slots;
  const begin = name.index + name[0].length;
  const last = list.slice(begin).trimStart().startsWith('[') ? ']' : '}';
  let depth = 0;
  let start = begin;
  for (let at = begin; at < list.length; at++) {
    const character = list[at];
    if (character === '"') at = endOfString(list, at);
    else if (character === '{' && depth++ === 0) start = at;
    else if (character === '}' && --depth === 0) {
      const id = JSON_ID.exec(list.slice(start, at))?.[1] ?? '';
      slots.push({ id, from: start, to: at + 1, outerFrom: start, outerTo: at + 1 });
    }
    if (depth === 0 && character === last) break;
  }
  return slots;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

const PASSWORDS = {
  xml: [
    /^[ \t]*<password(?:\s[^>]*)?(?:\/>|>([^<]*)<\/password\s*>)[ \t]*\r?\n/m,
    /<password(?:\s[^>]*)?(?:\/>|>([^<]*)<\/password\s*>)/,
  ],
  json: [/"password\s*"\s*:\s*"((?:[^"\\]|\\.)*)"\s*,\s*/, /\s*,\s*"password\s*"\s*:\s*"((?:[^"\\]|\\.)*)"/],
} as const;

/**
 * Takes the password out of a slot: devices never give it back.
 * @returns what is left, and the password as it was written, if there was one
 */
export function withoutPassword(
  slot: string,
  format: 'xml' | 'json',
): { readonly text: string; readonly password: string | undefined } {
  for (const pattern of PASSWORDS[format]) {
    const match = pattern.exec(slot);
    if (match === null) continue;
    const text = slot.slice(0, match.index) + slot.slice(match.index + match[0].length);
    return { text, password: match[1] ?? '' };
  }
  return { text: slot, password: undefined };
}
