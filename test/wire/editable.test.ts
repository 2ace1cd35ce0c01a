import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../src/limits.js';
import {
  childOf,
  type EditableDocument,
  type EditNode,
  nodesNamed,
} from '../../src/wire/editable/document.js';
import { EditableJson } from '../../src/wire/editable/json.js';
import { EditableXml } from '../../src/wire/editable/xml.js';

const LIST = Buffer.from(
  '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <id>9</id> -->\r\n<p:List version="1.0" xmlns:p="urn:psialliance-org">\r\n  <p:Host>\r\n    <p:id>1</p:id>\r\n    <p:url></p:url>\r\n    <p:port/>\r\n    <p:name a="&gt;">Tür &amp; Tor</p:name>\r\n    <p:odd><![CDATA[<id>]]></p:odd>\r\n  </p:Host>\r\n  <p:Host><p:id>2</p:id></p:Host>\r\n  <p:none />\r\n</p:List>\r\n',
);

describe('an XML document changed in place', () => {
  const read = () => new EditableXml(LIST, LIMITS);
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
      assert.throws(() => new EditableXml(Buffer.from(text), LIMITS), { name: 'AlarmError' }, text);
    assert.throws(() => new EditableXml(Buffer.from('\ufeff<a><b/></a>', 'utf16le'), LIMITS), {
      name: 'AlarmError',
    });
  });
});

describe('a JSON document changed in place', () => {
  const TEXT =
    '\ufeff {\t"statusCode":  1,\n "HttpHostNotification": [\n  { "id":  "1", "url": "http:\\/\\/a", "parameterFormatType ":  "json", "portNo":  7200, "on":true, "none": null },\n {"id":"2"} ], "last" : [] , "e":{} }\n';
  const read = () => new EditableJson(Buffer.from(TEXT), LIMITS);

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
      assert.throws(() => new EditableJson(Buffer.from(text), LIMITS), { name: 'AlarmError' }, text);
    assert.throws(() => new EditableJson(Buffer.from('{"a":1}', 'utf16le'), LIMITS), { name: 'AlarmError' });
  });
});

const names = fc.uniqueArray(fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 });
/** Several of the names, in any order, and which of them is added behind. */
const changes = names.chain((all) =>
  fc.record({
    all: fc.constant(all),
    gone: fc.shuffledSubarray(all),
    behind: fc.array(fc.constantFrom<(string | undefined)[]>(undefined, ...all), { maxLength: 3 }),
    blank: fc.constantFrom('', ' ', '\n  '),
  }),
);

/** Takes children out and puts new ones in; which are done first makes no difference. */
function change<Node extends EditNode>(
  document: EditableDocument<Node>,
  gone: readonly string[],
  behind: readonly (string | undefined)[],
): void {
  const { root } = document;
  const remove = (names: readonly string[]) => {
    // Of a list all items go.
    for (const node of root.children as Node[]) if (names.includes(node.name)) document.remove(root, node);
  };
  remove(gone.slice(1));
  for (const [number, name] of behind.entries())
    document.add(root, `new${number}`, 'x', childOf(root, name ?? ''));
  remove(gone.slice(0, 1));
}

/** Names in the order they are expected in. */
function expected(all: readonly string[], gone: readonly string[], behind: readonly (string | undefined)[]) {
  const names = [...all];
  for (const [number, name] of behind.entries()) {
    let place = names.indexOf(name ?? all.at(-1) ?? '') + 1;
    while (names[place]?.startsWith('new')) place++;
    names.splice(place, 0, `new${number}`);
  }
  return names.filter((name) => !gone.includes(name));
}

test('any of the members of an object can go, in any order and all of them; others come in their place', () => {
  fc.assert(
    fc.property(changes, ({ all, gone, behind, blank }) => {
      const text = `{${all.map((name) => `${blank}"${name}": "${name},"`).join(',')}${blank}}`;
      const document = new EditableJson(Buffer.from(text), LIMITS);
      change(document, gone, behind);
      const after = document.bytes().toString();
      assert.deepEqual(Object.keys(JSON.parse(after) as object), expected(all, gone, behind));
      if (gone.length === 0 && behind.length === 0) assert.equal(after, text);
    }),
    { seed: 20261122 },
  );
});

test('any of the items of lists can go, and their lists stay', () => {
  fc.assert(
    fc.property(changes, ({ all, gone, behind, blank }) => {
      const document = new EditableJson(
        Buffer.from(`{${all.map((name) => `"${name}":[${blank}1,{"x":"],}"}${blank}]`).join(',')}}`),
        LIMITS,
      );
      change(document, gone, behind);
      const value = JSON.parse(document.bytes().toString()) as Record<string, unknown>;
      assert.deepEqual(Object.keys(value), expected(all, [], behind));
      for (const name of all) assert.deepEqual(value[name], gone.includes(name) ? [] : [1, { x: '],}' }]);
    }),
    { seed: 20261122 },
  );
});

test('any of the elements of another can go, in any order and all of them', () => {
  fc.assert(
    fc.property(changes, ({ all, gone, behind, blank }) => {
      const document = new EditableXml(
        Buffer.from(`<r>${all.map((name) => `${blank}<${name}>1</${name}>`).join('')}</r>`),
        LIMITS,
      );
      change(document, gone, behind);
      const { root } = new EditableXml(document.bytes(), LIMITS);
      const found = root.children.map(({ name }) => name);
      assert.deepEqual([...found].sort(), [...expected(all, gone, behind)].sort());
      assert.deepEqual(
        found.filter((name) => all.includes(name)),
        expected(all, gone, []),
      );
    }),
    { seed: 20261122 },
  );
});

test('what is in something that goes is gone with it, and bytes beside it stay', () => {
  const json = new EditableJson(Buffer.from('{"a": {"b": 1, "c": 2}, "d": "à"}'), LIMITS);
  const [a, d] = json.root.children;
  assert.ok(a && d);
  json.set(childOf(a, 'b') as typeof a, '7');
  json.remove(a, childOf(a, 'c') as typeof a);
  json.add(a, 'e', 'x');
  json.remove(json.root, a);
  assert.equal(json.bytes().toString(), '{"d": "à"}');
  const xml = new EditableXml(Buffer.from('<r>à<a><b>1</b></a></r>'), LIMITS);
  const [element] = xml.root.children;
  assert.ok(element);
  xml.set(childOf(element, 'b') as typeof element, '7');
  xml.remove(xml.root, element);
  assert.equal(xml.bytes().toString(), '<r>à</r>');
});

test('a list of JSON takes what has its name; names that are given twice become one', () => {
  const document = new EditableJson(Buffer.from('{"none": [], "some": [{"a": 1}], "e": {}}'), LIMITS);
  assert.deepEqual(document.root.keys, ['none', 'some', 'e']);
  for (const name of ['none', 'some', 'none']) document.add(document.root, name, [['a', 2]]);
  document.add(document.root, 'last', [
    ['x', 'y'],
    ['x', 'z'],
  ]);
  assert.equal(
    document.bytes().toString(),
    '{"none": [{"a": 2},{"a": 2}], "some": [{"a": 1},{"a": 2}], "e": {}, "last": {"x": ["y", "z"]}}',
  );
});

test('of what is set twice the last one counts, and an element without an end tag takes several', () => {
  const xml = new EditableXml(Buffer.from('<r ä="1"><a>1</a><b/><c ü="2"/></r>'), LIMITS);
  const [a, b, c] = xml.root.children;
  assert.ok(a && b && c);
  for (const value of ['2', '3']) {
    xml.set(a, value);
    xml.set(b, value);
    xml.add(c, `d${value}`, value);
  }
  assert.equal(xml.bytes().toString(), '<r ä="1"><a>3</a><b>3</b><c ü="2"><d2>2</d2><d3>3</d3></c></r>');
  const json = new EditableJson(Buffer.from('{"a": 1}'), LIMITS);
  for (const value of ['2', '3']) json.set(json.root.children[0] as typeof json.root, value);
  assert.equal(json.bytes().toString(), '{"a": 3}');
});

test('an element alone has its own attributes, and the name spaces of its root that it does not declare', () => {
  const alone = (text: string) => {
    const document = new EditableXml(Buffer.from(text), LIMITS);
    return document
      .alone(document.root.children[0] ?? document.root)
      .toString()
      .split('\n')[1];
  };
  const root = 'version="2.0" size="3" xmlns="urn:a" xmlns:p="urn:p"';
  for (const [slot, expected] of [
    ['<s index="2"><id/></s>', '<s index="2" version="2.0" xmlns="urn:a" xmlns:p="urn:p"><id/></s>'],
    ['<s  xmlns="urn:b" >1</s>', '<s  xmlns="urn:b" xmlns:p="urn:p" >1</s>'],
    ["<p:s version='1.0' xmlns:p='urn:q'/>", "<p:s version='1.0' xmlns:p='urn:q' xmlns=\"urn:a\"/>"],
  ] as const)
    assert.equal(alone(`<l ${root}>${slot}</l>`), expected);
  assert.equal(alone(`<l ${root}/>`), `<l ${root}/>`);
});

test('a value is read back as it was set, whatever it holds, in both formats', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (value) => {
      // Control characters are none of XML, and blanks around a value mean nothing in it.
      const plain = value.replace(/\p{Cc}/gu, '').trim();
      const xml = new EditableXml(Buffer.from('<a><b>1</b><c/></a>'), LIMITS);
      for (const node of xml.root.children) xml.set(node, plain);
      const json = new EditableJson(Buffer.from('{"b":"1","c":null}'), LIMITS);
      for (const node of json.root.children) json.set(node, plain);
      for (const again of [new EditableXml(xml.bytes(), LIMITS), new EditableJson(json.bytes(), LIMITS)])
        assert.deepEqual(
          again.root.children.map(({ text }) => text),
          [plain, plain],
        );
    }),
    { seed: 20261122 },
  );
});
