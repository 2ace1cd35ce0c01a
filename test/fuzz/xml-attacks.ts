import { alert } from './costly.js';

const laughs = (levels: number) =>
  Array.from({ length: levels }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join('');
const within = (inside: string) => `<!DOCTYPE EventNotificationAlert [${inside}]>`;
/** Where a decoder that followed it would go: nobody listens there. */
const ELSEWHERE = 'http://127.0.0.1:9/x.dtd';

/** Documents that declare what XML can: each is refused before it is read (reliability.md §5.1). */
export const DECLARING: readonly (readonly [what: string, document: string])[] = [
  ['a bare DOCTYPE', `<!DOCTYPE EventNotificationAlert>${alert('')}`],
  ['a DOCTYPE in small letters', `<!doctype EventNotificationAlert>${alert('')}`],
  ['a DOCTYPE behind a declaration', `<?xml version="1.0"?>\r\n<!DOCTYPE a>${alert('')}`],
  ['a DOCTYPE behind blanks', `${' '.repeat(200)}<!DOCTYPE a>${alert('')}`],
  ['a DOCTYPE behind a comment', `<!-- <a> --><!DOCTYPE a>${alert('')}`],
  ['a DOCTYPE behind the root', `${alert('')}<!DOCTYPE a>`],
  ['a DOCTYPE with control characters in it', `<\u0001!DOC\u0002TYPE a>${alert('')}`],
  ['an ENTITY inside', alert('<!ENTITY x "y"><b>&x;</b>')],
  ['an ELEMENT', `${within('<!ELEMENT a ANY>')}${alert('')}`],
  ['an ATTLIST', `${within('<!ATTLIST a b CDATA #IMPLIED>')}${alert('')}`],
  ['a NOTATION', `${within('<!NOTATION gif SYSTEM "file:///bin/sh">')}${alert('')}`],
  ['a conditional section', `${within('<![INCLUDE[<!ENTITY x "y">]]>')}${alert('<b>&x;</b>')}`],
  ['a billion laughs', `${within(`<!ENTITY a0 "ha">${laughs(9)}`)}${alert('<b>&a9;</b>')}`],
  [
    'one long entity many times',
    `${within(`<!ENTITY x "${'x'.repeat(10_000)}">`)}${alert('<b>&x;</b>'.repeat(4_000))}`,
  ],
  ['an entity of itself', `${within('<!ENTITY x "&x;">')}${alert('<b>&x;</b>')}`],
  [
    '2,000 entities',
    `${within(Array.from({ length: 2_000 }, (_, at) => `<!ENTITY e${at} "x">`).join(''))}${alert('')}`,
  ],
  ['&lt; made another one', `${within('<!ENTITY lt "EVIL">')}${alert('<b>&lt;</b>')}`],
  ['an expression as a name', `${within('<!ENTITY .* "x"><!ENTITY ( "x">')}${alert('<b>&.*;</b>')}`],
  ['a file', `${within('<!ENTITY x SYSTEM "file:///etc/passwd">')}${alert('<b>&x;</b>')}`],
  [
    'a file of this process',
    `${within('<!ENTITY x SYSTEM "file:///proc/self/environ">')}${alert('<b>&x;</b>')}`,
  ],
  ['an address', `${within(`<!ENTITY x SYSTEM "${ELSEWHERE}">`)}${alert('<b>&x;</b>')}`],
  ['an address as PUBLIC', `<!DOCTYPE a PUBLIC "-//X//Y" "${ELSEWHERE}">${alert('')}`],
  ['an address as the type', `<!DOCTYPE a SYSTEM "${ELSEWHERE}">${alert('')}`],
  ['a parameter entity', `${within(`<!ENTITY % x SYSTEM "${ELSEWHERE}"> %x;`)}${alert('')}`],
];

/** Documents that point elsewhere without declaring anything: they are read, and nobody goes there. */
export const POINTING: readonly (readonly [what: string, document: string])[] = [
  ['a style sheet', `<?xml-stylesheet href="${ELSEWHERE}"?>${alert('')}`],
  [
    'an inclusion',
    alert(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>`),
  ],
  ['a schema', alert(`<b xsi:schemaLocation="urn:a ${ELSEWHERE}"/>`)],
  ['a picture elsewhere', alert(`<picURL>${ELSEWHERE}</picURL><bkgUrl>file:///etc/passwd</bkgUrl>`)],
  ['references to what is not declared', alert('<b>&x;&a9;%x;&#x41;&#0;&#1114112;</b>')],
];

const big = (piece: string, count: number) => piece.repeat(count);
/** Documents that are large or odd, of at most 256 KiB (reliability.md §5.1). */
export const ODD: readonly (readonly [what: string, document: string])[] = [
  ['a forbidden tag', alert('<__proto__><a>1</a></__proto__><constructor>1</constructor><prototype/>')],
  ['a forbidden attribute', alert('<b __proto__="1" constructor="2">x</b>')],
  ['tags named like methods', alert('<hasOwnProperty>1</hasOwnProperty><toString>1</toString>')],
  ['10,000 levels', `${big('<a>', 10_000)}${big('</a>', 10_000)}`],
  ['a text of 250,000 characters', alert(`<b>${big('x', 250_000)}</b>`)],
  ['20,000 attributes', alert(`<b ${big('a="1" ', 20_000)}/>`)],
  ['64 attributes in each element', alert(big(`<b ${big('a="1" ', 64)}/>`, 31))],
  ['an attribute of 250,000 characters', alert(`<b a="${big('x', 250_000)}"/>`)],
  ['20,000 elements', alert(big('<b/>', 20_000))],
  ['5,000 elements of as many names', alert(Array.from({ length: 4_990 }, (_, at) => `<b${at}/>`).join(''))],
  ['a comment without end', `<a><!--${big('x', 250_000)}`],
  ['a CDATA section without end', `<a><![CDATA[${big('x', 250_000)}`],
  ['an instruction without end', `<a><?${big('x', 250_000)}`],
  ['250,000 opening brackets', big('<', 250_000)],
  ['250,000 blanks', `<a${big(' ', 250_000)}`],
  ['250,000 blanks around', `${big(' ', 125_000)}${alert('')}${big(' ', 125_000)}`],
  ['no XML', 'hello world'],
  ['two roots', `${alert('')}${alert('')}`],
  ['tags that do not match', '<a><b></a></b>'],
  ['something behind', `${alert('')}tail`],
  ['a missing end', '<a><b>'],
  ['control characters', alert('<b>\u0000\u0001\u0008</b>')],
  ['numbers that are words', alert('<b>00123</b><b>1E5</b><b>0x41</b>')],
  ['80,000 broken references', alert(`<b>${big('&#x', 80_000)}</b>`)],
];
