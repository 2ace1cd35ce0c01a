import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { childOf, nodesNamed } from '../../src/wire/editable/document.js';
import { EditableJson } from '../../src/wire/editable/json.js';
import { EditableXml } from '../../src/wire/editable/xml.js';

const LIST = Buffer.from(
  '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <id>9</id> -->\r\n<p:List version="1.0" xmlns:p="urn:psialliance-org">\r\n  <p:Host>\r\n    <p:id>1</p:id>\r\n    <p:url></p:url>\r\n    <p:port/>\r\n    <p:name a="&gt;">Tür &amp; Tor</p:name>\r\n    <p:odd><![CDATA[<id>]]></p:odd>\r\n  </p:Host>\r\n  <p:Host><p:id>2</p:id></p:Host>\r\n  <p:none />\r\n</p:List>\r\n',
);

describe('an XML document changed in place', () => {
  const read = () => new EditableXml(LIST);
  const hosts = (document: EditableXml) => nodesNamed(document.root, 'Host');

  it('stays as it is, byte by byte, when nothing is changed', () => {
    assert.deepEqual(read().bytes(), LIST);
  });

  it('knows what stands in it by local names', () => {
    const document = read();
    const [first, second] = hosts(document);
    const texts = first?.children.map(({ name, text }) => [name, text]);
    assert.deepEqual(texts, [
      ['id', '1'],
      ['url', ''],
      ['port', ''],
      ['name', 'Tür & Tor'],
      ['odd', '<id>'],
    ]);
    assert.equal(document.sourceOf(second as NonNullable<typeof second>), '<p:Host><p:id>2</p:id></p:Host>');
    assert.equal(first?.text, undefined);
  });

  it('changes only what it is told to', () => {
    const document = read();
    const [first, second] = hosts(document);
    assert.ok(first && second);
    document.set(childOf(first, 'url') as NonNullable<typeof first>, '/a&b<c>');
    document.set(childOf(first, 'port') as NonNullable<typeof first>, '8089');
    document.remove(first, childOf(first, 'name') as NonNullable<typeof first>);
    document.add(first, 'user', 'ö', childOf(first, 'port'));
    document.add(second, 'Event', [
      ['heartbeat', '30'],
      ['mode', 'all'],
    ]);
    document.add(childOf(document.root, 'none') as NonNullable<typeof first>, 'x', 'y');
    const expected = LIST.toString()
      .replace('<p:url></p:url>', '<p:url>/a&amp;b&lt;c&gt;</p:url>')
      .replace('<p:port/>', '<p:port>8089</p:port>\r\n    <p:user>ö</p:user>')
      .replace('\r\n    <p:name a="&gt;">Tür &amp; Tor</p:name>', '')
      .replace(
        '<p:id>2</p:id>',
        '<p:id>2</p:id><p:Event><p:heartbeat>30</p:heartbeat><p:mode>all</p:mode></p:Event>',
      )
      .replace('<p:none />', '<p:none><p:x>y</p:x></p:none>');
    assert.equal(document.bytes().toString(), expected);
  });

  it('refuses what is no XML', () => {
    for (const text of ['', '<a', '<a></b>', '<html><br></html>', '{"a":1}', '<!DOCTYPE a><a><b/></a>'])
      assert.throws(() => new EditableXml(Buffer.from(text)), { name: 'AlarmError' }, text);
    assert.throws(() => new EditableXml(Buffer.from('\ufeff<a><b/></a>', 'utf16le')), { name: 'AlarmError' });
  });
});

describe('a JSON document changed in place', () => {
  const TEXT =
    '\ufeff {\t"statusCode":  1,\n "HttpHostNotification": [\n  { "id":  "1", "url": "http:\\/\\/a", "parameterFormatType ":  "json", "portNo":  7200, "on":true, "none": null },\n {"id":"2"} ], "last" : [] , "e":{} }\n';
  const read = () => new EditableJson(Buffer.from(TEXT));

  it('stays as it is, byte by byte, when nothing is changed', () => {
    assert.equal(read().bytes().toString(), TEXT);
  });

  it('knows what stands in it, keys without the blanks that devices print into them', () => {
    const [first, second, ...others] = nodesNamed(read().root, 'HttpHostNotification');
    assert.deepEqual(others, []);
    assert.deepEqual(
      first?.children.map(({ name, text }) => [name, text]),
      [
        ['id', '1'],
        ['url', 'http://a'],
        ['parameterFormatType', 'json'],
        ['portNo', '7200'],
        ['on', 'true'],
        ['none', ''],
      ],
    );
    assert.equal(childOf(second, 'id')?.text, '2');
  });

  it('changes only what it is told to; numbers and truth values stay what they are', () => {
    const document = read();
    const [first, second] = nodesNamed(document.root, 'HttpHostNotification');
    assert.ok(first && second);
    for (const [name, value] of [
      ['url', '/"ü'],
      ['parameterFormatType', 'XML'],
      ['portNo', '8089'],
      ['on', 'false'],
    ] as const)
      document.set(childOf(first, name) as NonNullable<typeof first>, value);
    document.remove(first, childOf(first, 'id') as NonNullable<typeof first>);
    document.remove(first, childOf(first, 'none') as NonNullable<typeof first>);
    document.add(second, 'SubscribeEvent', [['heartbeat', '30']]);
    document.add(childOf(document.root, 'e') as NonNullable<typeof first>, 'x', 'y');
    const expected = TEXT.replace('"id":  "1", ', '')
      .replace('"http:\\/\\/a"', '"/\\"ü"')
      .replace('"json"', '"XML"')
      .replace('7200', '8089')
      .replace('true, "none": null', 'false')
      .replace('{"id":"2"}', '{"id":"2","SubscribeEvent": {"heartbeat": "30"}}')
      .replace('"e":{}', '"e":{"x": "y"}');
    assert.equal(document.bytes().toString(), expected);
    assert.doesNotThrow(() => JSON.parse(document.bytes().toString().slice(1)));
  });

  it('refuses what is no JSON', () => {
    for (const text of ['', '[]', '<a/>', '{"a":', '{"a":1}}'])
      assert.throws(() => new EditableJson(Buffer.from(text)), { name: 'AlarmError' }, text);
    assert.throws(() => new EditableJson(Buffer.from('{"a":1}', 'utf16le')), { name: 'AlarmError' });
  });
});

test('a value is read back as it was set, whatever it holds, in both formats', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (value) => {
      // Control characters are none of XML, and blanks around a value mean nothing in it.
      const plain = value.replace(/\p{Cc}/gu, '').trim();
      const xml = new EditableXml(Buffer.from('<a><b>1</b><c/></a>'));
      for (const node of xml.root.children) xml.set(node, plain);
      const json = new EditableJson(Buffer.from('{"b":"1","c":null}'));
      for (const node of json.root.children) json.set(node, plain);
      for (const again of [new EditableXml(xml.bytes()), new EditableJson(json.bytes())])
        assert.deepEqual(
          again.root.children.map(({ text }) => text),
          [plain, plain],
        );
    }),
    { seed: 20261122 },
  );
});
