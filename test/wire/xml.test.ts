import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlarmError, type AlarmErrorCode } from '../../src/errors.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import { parseXml } from '../../src/wire/xml.js';
import { alertXml } from '../support/multipart-samples.js';

const parse = (text: string | Buffer, limits: Limits = LIMITS, charset?: string) =>
  parseXml(
    Buffer.from(text as Buffer),
    limits,
    charset === undefined ? undefined : `text/x; charset="${charset}"`,
  );
/** What is in `<a>`, as JSON has it, so that prototypes do not matter. */
const inside = (text: string) => JSON.parse(JSON.stringify(parse(`<a>${text}</a>`).content));

function refused(text: string | Buffer, code?: AlarmErrorCode, limits: Limits = LIMITS): void {
  const wanted = (error: unknown) =>
    error instanceof AlarmError && (code === undefined || error.code === code);
  assert.throws(() => parse(text, limits), wanted, String(text).slice(0, 80));
}

test('an alert gives its root and its fields as text', () => {
  const { root, content } = parse(alertXml());
  assert.equal(root, 'EventNotificationAlert');
  assert.deepEqual(JSON.parse(JSON.stringify(content)), {
    ipAddress: '192.0.2.10',
    macAddress: '00:00:5e:00:53:01',
    channelID: '1',
    eventType: 'VMD',
    eventState: 'active',
  });
});

test('text stays text, whatever number it looks like', () => {
  for (const text of [
    '12E34',
    '00123',
    '1E5',
    '0x41',
    '+5',
    '1.0',
    '-0',
    '1e400',
    'true',
    'null',
    'NaN',
    'Infinity',
  ]) {
    assert.deepEqual(inside(`<b>${text}</b>`), { b: text });
  }
  const long = '12345678901234567890123';
  assert.deepEqual(inside(`<b>${long}</b><c><d>${long}</d></c>`), { b: long, c: { d: long } });
});

test('only local names count, under any namespace and prefix', () => {
  const plain = parse('<EventNotificationAlert><channelID>3</channelID></EventNotificationAlert>');
  for (const text of [
    '<EventNotificationAlert xmlns="urn:psialliance-org"><channelID>3</channelID></EventNotificationAlert>',
    '<EventNotificationAlert version="2.0" xmlns="http://www.std-cgi.com/ver20/XMLSchema"><channelID>3</channelID></EventNotificationAlert>',
    '<ns1:EventNotificationAlert xmlns:ns1="http://www.isapi.org/ver20/XMLSchema"><ns1:channelID>3</ns1:channelID></ns1:EventNotificationAlert>',
    '<ns1:EventNotificationAlert\r\n xmlns:ns1="a"\r\n xmlns:x="b" x:version="1.0"><x:channelID x:v="1">3</x:channelID></ns1:EventNotificationAlert >',
    "<a-b.c:EventNotificationAlert><channelID a='x' >3</channelID></a-b.c:EventNotificationAlert>",
  ]) {
    assert.deepEqual(parse(text), plain, text);
  }
});

test('empty elements are empty text, missing ones are absent, repeated ones an array in order', () => {
  assert.deepEqual(inside('<b></b><c/><d /><e> \r\n </e>'), { b: '', c: '', d: '', e: '' });
  assert.equal('x' in parse('<a><b>1</b></a>').content, false);
  assert.deepEqual(inside('<b>1</b><c>x</c><b/><b><d>2</d></b>'), { b: ['1', '', { d: '2' }], c: 'x' });
});

test('a root without children is an element without fields', () => {
  for (const text of ['<a/>', '<a />', '<a></a>', '<a>\r\n</a>', '<n:a xmlns:n="x"/>', '<a v="1"/>\r\n']) {
    assert.deepEqual([parse(text).root, Object.keys(parse(text).content)], ['a', []], text);
  }
});

test('blanks around text and between elements are dropped, those inside stay', () => {
  assert.deepEqual(inside('\r\n  <b>\r\n Front  door\r\n</b>\r\n'), { b: 'Front  door' });
});

test('CDATA is taken as it stands', () => {
  for (const text of ['a &amp; <c> ]] > 00123', '&#65;&#x3c;', '<!-- -->', '12E34']) {
    assert.deepEqual(inside(`<b><![CDATA[${text}]]></b><c><![CDATA[]]></c>`), { b: text, c: '' });
  }
});

test('what stands in an attribute or a comment does not change the elements', () => {
  for (const mark of [
    '&#34;',
    '&#39;',
    '&#62;',
    '&#60;',
    '&quot;',
    '&gt;',
    '&lt;c&gt;',
    '=',
    '/',
    '&#47;&#62;',
  ]) {
    for (const tag of [`<b v="1${mark}2">x</b>`, `<b v='1${mark}2'>x</b>`, `<!-- ${mark} --><b>x</b>`]) {
      assert.deepEqual(inside(`${tag}<d>y</d>`), { b: 'x', d: 'y' }, tag);
    }
  }
});

test('a reference to half a character never gives half a character', () => {
  for (const text of ['&#xD800;', '&#56320;', 'a&#xDBFF;b']) {
    const value = inside(`<b>x${text}y</b>`).b;
    assert.equal(Buffer.from(value).toString(), value, text);
  }
});

test('the five entities and numeric references become their characters, once', () => {
  assert.deepEqual(inside('<b>&lt;&gt;&amp;&quot;&apos; &#65;&#x41;&#20013;&#x1F600;</b>'), {
    b: '<>&"\' AA中😀',
  });
  assert.deepEqual(inside('<b>&amp;lt; &amp;#60; &#38;lt;</b>'), { b: '&lt; &#60; &lt;' });
});

test('a bare ampersand and an unknown reference stay as they are', () => {
  for (const text of [
    'A & B',
    '&',
    'a&b;c',
    'rtsp://192.0.2.5/?a=1&b=2&c',
    '&nosuch;',
    '&#x110000;',
    '&#;',
    '& &amp ;',
  ]) {
    assert.deepEqual(inside(`<b>${text}</b>`), { b: text });
  }
  assert.deepEqual(inside('<b>&__proto__;&constructor;</b>'), { b: '&__proto__;&constructor;' });
});

test('control characters never reach the result, written plainly or as references', () => {
  assert.deepEqual(inside('<b>a\0b\x01c\x08d\x0b\x0c\x1be\tf</b>'), { b: 'abcde\tf' });
  assert.deepEqual(inside('<b>a&#0;b&#1;c&#x1b;d</b>'), { b: 'abcd' });
  assert.deepEqual(parse('\0<a>\0<b>1</b></a>\0\0').root, 'a');
});

test('byte order mark, leading blank line, and a blank before ?> change nothing', () => {
  const plain = parse(alertXml());
  const loose = alertXml().replace('?>', ' ?>');
  for (const text of [
    `\ufeff${alertXml()}`,
    `\r\n${alertXml()}`,
    `\r\n \n${loose}\r\n\r\n`,
    `\ufeff\r\n${loose}`,
  ]) {
    assert.deepEqual(parse(text), plain);
  }
  assert.deepEqual(parse(alertXml().slice(alertXml().indexOf('?>') + 2)), plain);
  assert.deepEqual(parse(alertXml().replace('?>', '?>\r\n<!-- a < b -->\r\n<?style x="1"?>')), plain);
});

test('any DOCTYPE or ENTITY is refused, wherever and however it is written', () => {
  const laughs = Array.from(
    { length: 10 },
    (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`,
  ).join('');
  for (const text of [
    '<!DOCTYPE a><a><b>1</b></a>',
    '<!doctype a><a><b>1</b></a>',
    '<?xml version="1.0"?>\r\n<!DocType a [<!ELEMENT a ANY>]><a/>',
    `<!DOCTYPE a [<!ENTITY a0 "ha">${laughs}]><a><b>&a10;</b></a>`,
    `<!DOCTYPE a [<!ENTITY x "${'x'.repeat(10_000)}">]><a><b>${'&x;'.repeat(30_000)}</b></a>`,
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>',
    '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://192.0.2.1/x.dtd"> %x;]><a/>',
    '<!DOCTYPE a PUBLIC "-//X//Y" "http://192.0.2.1/x.dtd"><a/>',
    '<!DOCTYPE a [<!ENTITY lt "EVIL">]><a><b>&lt;</b></a>',
    '<a><b>1</b><!ENTITY x "y"></a>',
    '<\0!DOC\x01TYPE a><a/>',
    `${' '.repeat(5000)}<!DOCTYPE a><a/>`,
  ]) {
    refused(text, 'XML_DOCTYPE');
    refused(Buffer.from(`\ufeff${text}`, 'utf16le'), 'XML_DOCTYPE');
  }
});

test('elements that could change an object never reach the result', () => {
  for (const name of [
    '__proto__',
    'constructor',
    'prototype',
    'x:__proto__',
    'a:constructor',
    '\0__proto__',
  ]) {
    for (const text of [
      `<a><${name}><polluted>1</polluted></${name}><b>1</b></a>`,
      `<a><b><${name}>1</${name}><${name}>2</${name}></b></a>`,
      `<${name}><b>1</b></${name}>`,
      `<a><${name}/></a>`,
      `<a ${name}="1"><b ${name}="2">1</b></a>`,
    ]) {
      try {
        const seen = JSON.stringify(parse(text));
        assert.doesNotMatch(seen, /__proto__|constructor|prototype|polluted/, text);
      } catch (error) {
        assert.ok(error instanceof AlarmError, text);
      }
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    }
  }
});

test('elements named like methods of an object are only data', () => {
  for (const name of ['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', '#text']) {
    try {
      const { content } = parse(`<a><${name}>1</${name}><b>2</b></a>`);
      assert.equal(content['b'], '2', name);
      assert.equal(typeof content.toString, 'function', name);
    } catch (error) {
      assert.ok(error instanceof AlarmError, name);
    }
  }
});

const levels = (count: number) => `${'<a>'.repeat(count - 1)}<b>1</b>${'</a>'.repeat(count - 1)}`;

test('levels up to the limit are read, one more is refused', () => {
  assert.equal(parse(levels(LIMITS.depth)).root, 'a');
  for (const count of [LIMITS.depth + 1, 100, 5000]) refused(levels(count));
  const limits = { ...LIMITS, depth: 5 };
  assert.equal(parse(levels(5), limits).root, 'a');
  refused(levels(6), undefined, limits);
});

test('a document with too many levels is told as too complex, as too many elements are', () => {
  refused(levels(LIMITS.depth + 5), 'XML_TOO_COMPLEX');
});

test('elements up to the limit are read, one more is too complex', () => {
  const limits = { ...LIMITS, xmlElements: 20 };
  const children = (count: number) => `<a>${'<b>1</b>'.repeat(count)}</a>`;
  assert.equal((parse(children(19), limits).content['b'] as string[]).length, 19);
  refused(children(20), 'XML_TOO_COMPLEX', limits);
  assert.equal(
    (parse(children(LIMITS.xmlElements - 1)).content['b'] as string[]).length,
    LIMITS.xmlElements - 1,
  );
  refused(children(LIMITS.xmlElements), 'XML_TOO_COMPLEX');
  refused('<'.repeat(200_000));
});

test('attributes up to the limits are read, one more is too complex', () => {
  const limits = { ...LIMITS, xmlAttributesPerElement: 4, xmlAttributes: 10 };
  const element = (count: number) =>
    `<b ${Array.from({ length: count }, (_, at) => `a${at}="1"`).join(' ')}>1</b>`;
  assert.equal(parse(`<a>${element(4)}</a>`, limits).root, 'a');
  refused(`<a>${element(5)}</a>`, 'XML_TOO_COMPLEX', limits);
  assert.equal(parse(`<a>${element(4)}${element(4)}${element(2)}</a>`, limits).root, 'a');
  refused(`<a>${element(4)}${element(4)}${element(3)}</a>`, 'XML_TOO_COMPLEX', limits);
  refused(`<a>${element(LIMITS.xmlAttributesPerElement + 1)}</a>`, 'XML_TOO_COMPLEX');
});

test('equals signs in text are not attributes', () => {
  assert.deepEqual(inside(`<b>${'='.repeat(3000)}</b>`), { b: '='.repeat(3000) });
});

test('a document as long as the limit is read, one byte more is too large', () => {
  const limits = { ...LIMITS, documentBytes: 100 };
  const text = `<a><b>${'x'.repeat(100 - 15)}</b></a>`;
  assert.deepEqual([parse(text, limits).root, text.length <= 100], ['a', true]);
  refused(`${text}${' '.repeat(101 - text.length)}`, 'DOCUMENT_TOO_LARGE', limits);
  refused(Buffer.alloc(LIMITS.documentBytes + 1, '<'), 'DOCUMENT_TOO_LARGE');
});

test('a document that breaks off anywhere is refused', () => {
  const whole = alertXml('\n').replace('active', '<![CDATA[active]]>&lt;<!-- end --><x a="1"/>é');
  for (const text of [
    whole,
    whole.replaceAll('<EventN', '<n:EventN').replaceAll('</EventN', '</n:EventN'),
    '<a/>',
  ]) {
    const bytes = Buffer.from(text);
    assert.ok(parse(bytes).root !== '');
    for (let at = 0; at < bytes.length; at++) refused(bytes.subarray(0, at));
  }
});

test('what is not one XML document is refused', () => {
  for (const text of [
    '',
    ' ',
    '\r\n',
    'plain text',
    '{"a":1}',
    '<',
    '>',
    '</a>',
    '<?xml version="1.0"?>',
    '<!-- -->',
  ]) {
    refused(text, 'XML_INVALID');
  }
  for (const text of [
    '<a>text</a>',
    '<a/><b/>',
    '<a><b/></a><a><b/></a>',
    '<a><b/></a>tail',
    '\xff\xd8\xff',
    '\0\0\0',
  ]) {
    refused(text, 'XML_INVALID');
  }
  for (const flood of [
    '<a><!--',
    '<a><![CDATA[',
    '<a><?x ',
    '<a b="',
    '&'.repeat(200_000),
    ' '.repeat(200_000),
  ]) {
    refused(flood.padEnd(200_000, 'x'));
  }
});

test('the character set of the mark, the declaration or the content type is used', () => {
  const text = '<a><name>前门 Entrée</name></a>';
  const name = '前门 Entrée';
  assert.equal(parse(Buffer.from(`\ufeff${text}`, 'utf16le')).content['name'], name);
  assert.equal(parse(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()).content['name'], name);
  const gb = Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="GB2312" ?><a><name>'),
    Buffer.from([0xc7, 0xb0, 0xc3, 0xc5]),
    Buffer.from('</name></a>'),
  ]);
  assert.equal(parse(gb).content['name'], '前门');
  assert.equal(parse(gb.subarray(gb.indexOf('<a>')), LIMITS, 'gb2312').content['name'], '前门');
});

test('bytes that are not UTF-8 do not cost the document', () => {
  for (const declaration of [
    '',
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<?xml version="1.0" encoding="nosuch"?>',
  ]) {
    const bytes = Buffer.from(`${declaration}<a><name>Entr\xe9e</name><b>1</b></a>`, 'latin1');
    assert.deepEqual({ ...parse(bytes).content }, { name: 'Entrée', b: '1' });
  }
});

test('a document in UTF-8 that calls itself UTF-16 is read', () => {
  for (const blanks of ['', ' ']) {
    const text = `<?xml version="1.0" encoding="utf-16"?><a><b>1</b></a>${blanks}`;
    assert.deepEqual({ ...parse(text).content }, { b: '1' });
  }
});
