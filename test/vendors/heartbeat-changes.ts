import type { Random } from './changes.js';

/** A whole element without children, with the line break behind it. */
const ELEMENT = /<([\w:]+)>[^<]*<\/\1>\s*/g;
const STEPS = ['eventType', 'eventState', 'macAddress', 'channelID', 'EventNotificationAlert', 'nobody', 'a'];
const WORDS = [
  'videoloss',
  'VMD',
  'inactive',
  'active',
  'INACTIVE',
  '',
  ' ',
  'x>y',
  '00:00:5e:00:53:99',
  '0000:0000:0000',
];
/** What a parser may read otherwise than it looks. */
const PIECES = [
  '<!-- videoloss -->',
  '<!--<eventType>VMD</eventType>-->',
  '<!-- -- >',
  '<![CDATA[videoloss]]>',
  '<![CDATA[',
  ']]>',
  '-->',
  '&amp;',
  '&lt;eventType&gt;',
  '&#118;',
  '&#x0;',
  '&',
  '<?xml version="1.0"?>',
  '<?a b?>',
  '<!DOCTYPE a>',
  '<a/>',
  '<eventType/>',
  '<b><eventType>VMD</eventType></b>',
  '<__proto__>1</__proto__>',
  '</EventNotificationAlert>',
  '<EventNotificationAlert>',
  '\0',
  '\x01',
  '\x1b$B',
  '\x7f',
  '\t',
  '\r\n',
  '\xa0',
  '\xef\xbb\xbf',
  'text',
  '>',
  '<',
  '/',
  '"',
  "'",
  ':',
  ' b="c"',
  " b='>'",
  ' b="=========="',
  ' b',
  '='.repeat(70),
  ' xmlns:n="n"',
  'n:',
] as const;

type Change = (text: string, random: Random) => string;

const elementsOf = (text: string) => [...text.matchAll(ELEMENT)];
const splice = (text: string, at: number, count: number, piece: string) =>
  text.slice(0, at) + piece + text.slice(at + count);
const pick = <T>(list: readonly T[], random: Random) => list[random(list.length)] as T;

/** A change of one element, found by chance. */
function atElement(
  change: (element: RegExpExecArray, others: RegExpExecArray[], random: Random) => string,
): Change {
  return (text, random) => {
    const elements = elementsOf(text);
    if (elements.length === 0) return text;
    const element = pick(elements, random);
    return splice(text, element.index, element[0].length, change(element, elements, random));
  };
}

const CHANGES: readonly Change[] = [
  // Bytes.
  (text, random) => {
    const at = random(text.length);
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random(8))));
  },
  (text, random) => splice(text, random(text.length + 1), 0, String.fromCharCode(random(256))),
  (text, random) => splice(text, random(text.length), 1 + random(12), ''),
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => splice(text, random(text.length + 1), 0, pick(PIECES, random)),
  // Elements: twice, gone, another in its place, renamed, with another text, in or around others.
  atElement(([whole]) => whole + whole),
  atElement(() => ''),
  atElement(([whole], others, random) => whole + pick(others, random)[0]),
  atElement((_, others, random) => pick(others, random)[0]),
  atElement(([whole, name = '']) => whole.replaceAll(name, name.toUpperCase())),
  atElement(([whole, name = ''], _, random) => whole.replaceAll(name, pick(STEPS, random))),
  atElement(([whole, name = ''], _, random) => whole.replace(name, pick(STEPS, random))),
  atElement(([, name], _, random) => `<${name}>${pick(WORDS, random)}</${name}>`),
  atElement(([, name], _, random) => `<${name}>${pick(PIECES, random)}</${name}>`),
  atElement(([whole, name]) => `<${name}/>${whole}`),
  atElement(([whole], _, random) => `<${pick(STEPS, random)}>${whole}</${pick(STEPS, random)}>`),
  atElement(([whole], _, random) => `${pick(PIECES, random)}${whole}${pick(PIECES, random)}`),
  // Two elements change places.
  (text, random) => {
    const elements = elementsOf(text);
    if (elements.length < 2) return text;
    const at = random(elements.length - 1);
    const [one, two] = [elements[at], elements[at + 1]] as [RegExpExecArray, RegExpExecArray];
    return splice(text, one.index, two.index + two[0].length - one.index, two[0] + one[0]);
  },
  // Damage to a tag: its start, its attributes, its end.
  (text, random) => {
    const tags = [...text.matchAll(/<[^<>]*>/g)];
    if (tags.length === 0) return text;
    const tag = pick(tags, random);
    return splice(text, tag.index + 1 + random(tag[0].length - 1), 0, pick(PIECES, random));
  },
  (text, random) => text.replace(/ xmlns="[^"]*"/, ` ${pick(PIECES, random)}`),
  (text, random) => text.replace('EventNotificationAlert', `$&${' a=""'.repeat(random(80))}`),
  (text, random) =>
    text.replace(/encoding="[^"]*"/, `encoding="${pick(['ISO-2022-JP', 'UTF-16', 'GBK', ''], random)}"`),
  (text, random) => (random(2) === 0 ? text.replaceAll('\r\n', '\n') : text.replaceAll(/>\s+</g, '><')),
];

/** A heartbeat, Latin-1, with one to three changes. */
export function changedHeartbeat(text: string, random: Random): string {
  let result = text;
  for (let left = 1 + random(3); left > 0; left--) result = pick(CHANGES, random)(result, random);
  return result;
}
