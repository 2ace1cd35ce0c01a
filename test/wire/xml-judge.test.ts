import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { LIMITS } from '../../src/limits.js';
import { parseXml } from '../../src/wire/xml.js';
import { fixturesOf } from '../support/fixtures.js';

const judge = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** What another parser reads: the local name of the root and what is in it. */
function judged(text: string): unknown {
  const [[root, content] = []] = Object.entries(judge.parse(text) as Record<string, unknown>);
  return { root, content: content === '' ? {} : content };
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const names = fc.constantFrom('a', 'channelID', 'ns1:eventType', 'DetectionRegionEntry', 'x-y_z.1');
const texts = fc.string({ unit: fc.constantFrom(...'aZ09 é中&<>"\'.:-+'), maxLength: 12 }).map(escaped);
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      names,
      fc.constantFrom('', ' version="2.0"', ' xmlns=\'urn:a>b\' y = "<"'),
      fc.oneof(
        { depthSize: 'small' },
        texts,
        fc.array(tie('element'), { maxLength: 4 }).map((all) => all.join('\r\n')),
      ),
    )
    .map(([name, attributes, inside]) => `<${name}${attributes}>${inside}</${name}>`),
}));
const documents = fc
  .tuple(
    fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8" ?>\n', '\r\n<!-- a > b -->'),
    fc.array(element),
  )
  .map(([head, inside]) => `${head}<ns:Root v="1">${inside.join('\n')}</ns:Root>\r\n`);

test('documents as devices write them are read as fast-xml-parser reads them', () => {
  const same = fc.property(documents, (text) => {
    assert.deepEqual({ ...parseXml(Buffer.from(text), LIMITS) }, judged(text));
  });
  fc.assert(same, { seed: 2026, numRuns: 2_000 });
});

test('every XML document of the fixtures is read as fast-xml-parser reads it', () => {
  let documentsSeen = 0;
  for (const { body } of fixturesOf('isapi')) {
    const text = body.toString('utf8').trim();
    if (!text.startsWith('<') || /encoding="(?!utf-8)/i.test(text) || text.includes('&#')) continue;
    assert.deepEqual({ ...parseXml(body, LIMITS) }, judged(text));
    documentsSeen++;
  }
  assert.ok(documentsSeen > 20, `${documentsSeen} documents`);
});
