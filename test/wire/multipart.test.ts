import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { MultipartParser } from '../../src/wire/multipart.js';
import { SAMPLES, chop, seen, type SeenPart } from '../support/multipart-samples.js';

function read(boundary: string | undefined, chunks: Buffer[], limits = LIMITS) {
  const parts: SeenPart[] = [];
  const parser = new MultipartParser(boundary, limits, (part) => parts.push(seen(part)));
  for (const chunk of chunks) parser.write(chunk);
  return { parts, cut: parser.end() };
}

for (const { what, boundary, body, parts, cut } of SAMPLES) {
  test(`reads in one piece: ${what}`, () => assert.deepEqual(read(boundary, [body]), { parts, cut }));
  test(`every split: ${what}`, () => {
    for (let at = 0; at <= body.length; at++) assert.deepEqual(read(boundary, chop(body, [at])), { parts, cut }, `${at}`);
  });
}
