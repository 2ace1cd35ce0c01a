import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeadVerdict, judgeHead, repairTarget } from '../../src/wire/request-head.js';
import { changed, type Random, seeded } from '../vendors/changes.js';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');
const judged = (text: string) => shown(judgeHead(bytesOf(text)));
const shown = (verdict: HeadVerdict) => (typeof verdict === 'string' ? verdict : verdict.toString('latin1'));

const PLAIN = 'POST /s/isapi HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n';
const CLEAN = [
  PLAIN,
  'GET / HTTP/1.0\r\n\r\n',
  'GET /x?EventType=VideoMotion&EventTime=2022-5-26%2011:5:0 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
  'POST http://192.0.2.1:80/s/isapi HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
  'POST * HTTP/1.1\r\nX: a\xe9 \t\r\n\r\n',
  'POST /s HTTP/1.1\r\nContent-Length-X: 1\r\nX-Content-Length: 1\r\nContent-Length: 1\r\n\r\n',
];

/** What is wrong, the head, and what it is repaired to. */
const BROKEN: [what: string, head: string, repaired: string][] = [
  [
    'blanks in the target, as the vendor prints it',
    'GET /x?EventTime=2022-5-26 11:5:0&EventAction=start HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /x?EventTime=2022-5-26%2011:5:0&EventAction=start HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n',
  ],
  [
    'two blanks side by side in the target',
    'GET /x?a=b  c HTTP/1.1\r\n\r\n',
    'GET /x?a=b%20%20c HTTP/1.1\r\nConnection: close\r\n\r\n',
  ],
  [
    'letters outside of ASCII, of which one ends like a blank',
    'GET /x?a=voil\xc3\xa0 HTTP/1.1\r\n\r\n',
    'GET /x?a=voil%C3%A0 HTTP/1.1\r\nConnection: close\r\n\r\n',
  ],
  [
    'control characters in the target',
    'GET /x?a=\t\x01\x7f HTTP/1.1\r\n\r\n',
    'GET /x?a=%09%01%7F HTTP/1.1\r\nConnection: close\r\n\r\n',
  ],
  [
    'no slash before the target',
    'POST API/AlarmEvent/EventPush HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST /API/AlarmEvent/EventPush HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\r\n',
  ],
  ['a query alone', 'GET ?a=b HTTP/1.1\r\n\r\n', 'GET /?a=b HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['blanks behind the version', 'GET /x HTTP/1.1  \r\n\r\n', 'GET /x HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['blanks around the target', 'GET   /x  HTTP/1.0\r\n\r\n', 'GET /x HTTP/1.0\r\nConnection: close\r\n\r\n'],
  [
    'line feeds alone',
    'POST /x HTTP/1.1\nHost: a\nContent-Length: 3\n\n',
    'POST /x HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\nHost: a\r\n\r\n',
  ],
  [
    'the same length twice',
    'POST /x HTTP/1.1\r\nContent-Length: 3\r\nHost: a\r\ncontent-length:3 \r\n\r\n',
    'POST /x HTTP/1.1\r\nConnection: close\r\nContent-Length: 3\r\nHost: a\r\n\r\n',
  ],
  [
    'blanks in the target, and a connection that is to stay',
    'GET /a b HTTP/1.0\r\nconnection: keep-alive\r\nProxy-Connection: keep-alive\r\nX-Connection: x\r\n\r\n',
    'GET /a%20b HTTP/1.0\r\nConnection: close\r\nX-Connection: x\r\n\r\n',
  ],
  [
    'blanks in a whole URL',
    'GET http://192.0.2.1/a b HTTP/1.1\r\n\r\n',
    'GET http://192.0.2.1/a%20b HTTP/1.1\r\nConnection: close\r\n\r\n',
  ],
];

/** For Node's parser to refuse: nothing here is repaired, though each has a blank in its target, too. */
const BLANK = 'POST /a b HTTP/1.1\r\n';
const HOPELESS: [what: string, head: string][] = [
  ['different lengths', `${BLANK}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`],
  ['lengths written differently', `${BLANK}Content-Length: 3\r\nContent-Length: 03\r\n\r\n`],
  ['a length with a sign, twice', `${BLANK}Content-Length: +3\r\nContent-Length: +3\r\n\r\n`],
  ['a hexadecimal length', `${BLANK}Content-Length: 0x3\r\n\r\n`],
  ['a list of lengths', `${BLANK}Content-Length: 3, 3\r\n\r\n`],
  ['an odd blank before a length', `${BLANK}Content-Length: 3\r\nContent-Length:\x0b3\r\n\r\n`],
  ['a folded line', `${BLANK}X: a\r\n b\r\n\r\n`],
  ['a folded first line', `${BLANK}\tb: c\r\n\r\n`],
  ['a folded line with line feeds alone', 'POST /x HTTP/1.1\nX: a\n b\n\n'],
  ['NUL in the target', 'POST /a b\0 HTTP/1.1\r\n\r\n'],
  ['NUL in a header', `${BLANK}X: \0\r\n\r\n`],
  ['a carriage return alone in the target', 'POST /a b\rc HTTP/1.1\r\n\r\n'],
  ['a carriage return alone in a header', `${BLANK}X: a\rb\r\n\r\n`],
  ['a line feed alone in a header', `${BLANK}X: a\nb: c\r\n\r\n`],
  ['a line feed behind the request line', 'POST /a b HTTP/1.1\nX: a\r\n\r\n'],
  ['an empty line of another kind', `${BLANK}X: a\n\r\n`],
  ['an empty line of line feeds', `${BLANK}X: a\r\n\n`],
  ['two versions', 'POST /a HTTP/1.1 HTTP/1.1\r\n\r\n'],
  ['no version', 'POST /a b\r\n\r\n'],
  ['another version', 'POST /a b HTTP/2.0\r\n\r\n'],
  ['a version in small letters', 'POST /a b http/1.1\r\n\r\n'],
  ['no target', 'POST   HTTP/1.1\r\n\r\n'],
  ['no target and no version', 'POST \r\n\r\n'],
];

for (const head of CLEAN) {
  test(`a head that needs no repair stays as it is, wherever it is cut: ${JSON.stringify(head)}`, () => {
    for (const rest of ['', 'abc', '\r\n\r\n', 'POST a b HTTP/1.1\n\n'])
      assert.equal(judged(head + rest), 'as it is');
    eachCut(head, () => assert.fail('repaired'));
  });
}

for (const [what, head, repaired] of BROKEN) {
  test(`${what}: repaired, wherever it is cut, and what follows is left alone`, () => {
    for (const rest of ['', 'abc', '\0\n\r\n\n GET a b HTTP/1.1\n\n'])
      assert.equal(judged(head + rest), repaired + rest);
    eachCut(head, (verdict) => assert.equal(verdict, repaired));
  });

  test(`${what}: repaired once, it is as it should be`, () => {
    assert.equal(judged(repaired), 'as it is');
  });
}

for (const [what, head] of HOPELESS) {
  test(`${what}: left as it is`, () => {
    assert.equal(judged(head), 'as it is');
    eachCut(head, () => assert.fail('repaired'));
  });
}

/** Judges a head that comes in two pieces, and one that comes byte by byte. */
function eachCut(head: string, onRepaired: (verdict: string) => void): void {
  const bytes = bytesOf(head);
  const judge = (from: number, to: number) => {
    const verdict = shown(judgeHead(bytes.subarray(0, to), from));
    if (to < bytes.length) assert.equal(verdict, 'incomplete', `${to} of ${bytes.length} bytes`);
    else if (verdict !== 'as it is') onRepaired(verdict);
  };
  for (let at = 1; at <= bytes.length; at++) {
    judge(0, at);
    judge(at - 1, at);
    judge(at - 1, bytes.length);
  }
}

test('what begins neither with GET nor with POST is not waited for', () => {
  const others = [
    'PUT /x HTTP/1.1\r\n',
    'PRI * HTTP/2.0',
    'get /',
    ' POST',
    '\r\nPOST ',
    'GETS',
    'POST\t',
    '\0',
  ];
  for (const text of [...others, '\x16\x03\x01\x02', 'PO ', 'G '])
    assert.equal(judged(text), 'as it is', text);
  for (const text of ['G', 'GE', 'GET', 'GET ', 'P', 'POST', 'POST ', 'POST /x HTTP/1.1\r\nX: a\r\n'])
    assert.equal(judged(text), 'incomplete', text);
});

test('a target is repaired as in a head, and once is enough', () => {
  const targets = [
    ['/a?b=c d', '/a?b=c%20d'],
    ['API/x', '/API/x'],
    ['', '/'],
    ['*', '*'],
    ['HTTP://192.0.2.1/a b', 'HTTP://192.0.2.1/a%20b'],
    ['/a%20b%', '/a%20b%'],
    ['/\xff\0', '/%FF%00'],
  ] as const;
  for (const [target, repaired] of targets) {
    assert.equal(repairTarget(target), repaired);
    assert.equal(repairTarget(repaired), repaired);
  }
});

const SAMPLES = [...CLEAN, ...BROKEN.map(([, head]) => head), ...HOPELESS.map(([, head]) => head)].map(
  bytesOf,
);
const PIECES = [
  ' ',
  '\n',
  '\r',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\0',
  '\t',
  ':',
  ' HTTP/1.1',
  'Content-Length: 3\r\n',
];

function changedHead(random: Random): Buffer {
  const pick = <T>(items: readonly T[]) => items[random(items.length)] as T;
  if (random(4) === 0) return changed(pick(SAMPLES), pick(SAMPLES), random);
  let bytes = pick(SAMPLES);
  for (let left = 1 + random(3); left > 0; left--) {
    const at = random(bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, at), bytesOf(pick(PIECES)), bytes.subarray(at + random(3))]);
  }
  return bytes;
}

test('of 100000 changed heads none throws, and each that is repaired is clean and says what it said', () => {
  const random = seeded(20_261_122);
  let repairs = 0;
  for (let count = 0; count < 100_000; count++) {
    const bytes = changedHead(random);
    const verdict = judgeHead(bytes);
    if (typeof verdict === 'string') continue;
    repairs++;
    const head = verdict.toString('latin1', 0, verdict.indexOf('\r\n\r\n') + 4);
    assert.equal(judgeHead(verdict), 'as it is');
    assert.match(
      head,
      /^(GET|POST) [\x21-\x7e]+ HTTP\/1\.[01]\r\nConnection: close\r\n(?:[^\r\n\0]+\r\n)*\r\n$/,
    );
    assert.ok(head.split(/\ncontent-length:/i).length <= 2, head);
    assert.equal(head.split(/\n(?:proxy-)?connection:/i).length, 2, head);
    const body = verdict.subarray(head.length);
    assert.ok(bytes.subarray(bytes.length - body.length).equals(body), 'another body');
  }
  assert.ok(repairs > 5_000, `${repairs} repairs`);
});
