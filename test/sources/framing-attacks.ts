import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { PATH } from '../support/listener.js';
import { RawClient } from './raw-client.js';
import { chunked, request, XML_TYPE, xml } from './samples.js';

/** What an attacker wants to see taken as a second request: a whole push, number 99. */
export const SMUGGLED = request(xml(99)).toString('latin1');
/** Of the attack itself: a push, number 1. */
export const BODY = xml(1);
export const LENGTH = Buffer.byteLength(BODY);
export const CHUNKS = chunked(BODY, 100).toString('latin1');
const ASKED = `${PATH}?macAddress=00:00:5e:00:53:11&eventType=VMD&eventState=active&activePostCount=1`;

/** A head of these lines. */
const head = (first: string, ...more: string[]) => [first, 'Host: a', ...more, '', ''].join('\r\n');
/** The head of a push with further lines. */
export const framed = (...more: string[]) =>
  head(`POST ${PATH} HTTP/1.1`, `Content-Type: ${XML_TYPE}`, ...more);
/** Repaired for the blank in its target. */
export const repaired = (...more: string[]) => head(`POST ${PATH}?a=b c HTTP/1.1`, ...more);
const long = (text: string) => text.padEnd(20_000, 'x');

/** Nothing may come of it: refused with 4xx, by the parser or at the first look at the request. */
export const REFUSED: [what: string, bytes: string][] = [
  ['a length and chunks', framed(`Content-Length: ${LENGTH}`, 'Transfer-Encoding: chunked') + CHUNKS],
  ['chunks and a length', framed('Transfer-Encoding: chunked', 'Content-Length: 4') + CHUNKS],
  [
    'a length twice and chunks',
    framed('Content-Length: 4', 'Transfer-Encoding: chunked', 'Content-Length: 4') + CHUNKS,
  ],
  ['two different lengths', framed(`Content-Length: ${LENGTH}`, 'Content-Length: 0') + BODY],
  ['two lengths of one value', framed(`Content-Length: ${LENGTH}`, `Content-Length: 0${LENGTH}`) + BODY],
  ['a length with a sign', framed(`Content-Length: +${LENGTH}`) + BODY],
  ['a hexadecimal length', framed(`Content-Length: 0x${LENGTH.toString(16)}`) + BODY],
  ['a negative length', framed('Content-Length: -1') + BODY],
  ['a list of equal lengths', framed(`Content-Length: ${LENGTH}, ${LENGTH}`) + BODY],
  ['a list of different lengths', framed(`Content-Length: ${LENGTH}, 6`) + BODY],
  ['a blank before the colon', framed(`Content-Length : ${LENGTH}`) + BODY],
  ['a transfer coding that only looks like chunked', framed('Transfer-Encoding: xchunked') + CHUNKS],
  ['identity behind chunked', framed('Transfer-Encoding: chunked, identity') + CHUNKS],
  ['a length on a folded line', framed('Content-Length:', ` ${LENGTH}`) + BODY],
  ['chunks on a line folded by a tab', framed('Transfer-Encoding:', '\tchunked') + CHUNKS],
  ['NUL in a name', framed(`Content-\0Length: ${LENGTH}`) + BODY],
  ['NUL in a value', framed(`X: a\0b`, `Content-Length: ${LENGTH}`) + BODY],
  ['a carriage return alone that hides a header', framed(`X: a\rContent-Length: ${LENGTH}`) + BODY],
  ['a line feed alone that hides a header', framed(`X: a\nContent-Length: ${LENGTH}`) + BODY],
  ['an empty line of line feeds that hides a header', framed(`X: a\n\nContent-Length: ${LENGTH}`) + BODY],
  ['a mixed empty line that hides a header', framed(`X: a\n\r\nContent-Length: ${LENGTH}`) + BODY],
  [
    'line feeds alone, and a header hidden by a carriage return',
    `POST ${PATH} HTTP/1.1\nX: a\rContent-Length: 4\nContent-Length: ${LENGTH}\n\n${BODY}`,
  ],
  ['a chunk size that is none', `${framed('Transfer-Encoding: chunked')}0x5\r\nabcde\r\n0\r\n\r\n`],
  [
    'a chunk size beyond 64 bits',
    `${framed('Transfer-Encoding: chunked')}${'F'.repeat(17)}\r\n${BODY}\r\n0\r\n\r\n`,
  ],
  ['a chunk extension of 1 MB', `${framed('Transfer-Encoding: chunked')}5;${'x'.repeat(1_000_000)}\r\n`],
  ['a header of 20 KB', framed(long('X: '), `Content-Length: ${LENGTH}`) + BODY],
  ['a target of 20 KB', head(`POST ${long(`${PATH}?`)} HTTP/1.1`, `Content-Length: ${LENGTH}`) + BODY],
  ['a target of 20 KB with a blank', head(`GET ${ASKED}&a=${long(' ')} HTTP/1.1`)],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS greeting', `\x16\x03\x01\x00\x4a\x01\x00\x00\x46\x03\x03${'\x07'.repeat(70)}`],
  ['an unknown method', head(`ALARM ${ASKED} HTTP/1.1`)],
  ['a version behind the version', head(`GET ${ASKED} HTTP/1.1 HTTP/1.1`)],
  ['a request line in the target', `GET ${ASKED} HTTP/1.1\nPOST ${PATH} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['a request line as a header', `GET ${ASKED} HTTP/1.1\nPOST ${PATH} HTTP/1.1\n\n`],
  ['a carriage return in the target', head(`GET ${ASKED}&a=b\rX: y HTTP/1.1`)],
  [
    'a repaired target, a length and chunks',
    repaired('Content-Length: 4', 'Transfer-Encoding: chunked') + CHUNKS,
  ],
  ['a repaired target and two lengths', repaired(`Content-Length: ${LENGTH}`, 'Content-Length: 4') + BODY],
];

/** These are one request, and what it says is its body never another one. */
export const ONE: [what: string, bytes: string][] = [
  ['a request behind a repaired one with a length', repaired(`Content-Length: ${LENGTH}`) + BODY],
  ['a request behind a repaired one in chunks', repaired('Transfer-Encoding: chunked') + CHUNKS],
  ['a request behind a repaired one without a length', head(`GET ${ASKED} &a=b HTTP/1.1`)],
  [
    'a request behind a repaired one that wants to stay',
    head(`GET ${ASKED} &a=b HTTP/1.0`, 'Connection: keep-alive', 'Proxy-Connection: keep-alive'),
  ],
  ['a request behind one with line feeds alone', `GET ${ASKED} HTTP/1.1\n\n`],
  [
    'a request behind a length that comes twice',
    framed(`Content-Length: ${LENGTH}`, `Content-Length: ${LENGTH}`) + BODY,
  ],
  ['a request without a version', `GET ${ASKED}\r\n\r\n`],
];

/** Counts the requests that reach our code. */
export function countRequests(t: TestContext, port: number): () => number {
  let count = 0;
  const onRequest = (message: unknown) => {
    if ((message as { socket: Socket }).socket.localPort === port) count++;
  };
  subscribe('http.server.request.start', onRequest);
  t.after(() => unsubscribe('http.server.request.start', onRequest));
  return () => count;
}

/** Sends an attack with a push behind it. @returns the statuses of all answers, when the listener has closed */
export async function attack(port: number, bytes: string): Promise<number[]> {
  const client = await RawClient.open(port);
  await client.send(bytes + SMUGGLED);
  const text = await client.rest();
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}
