import assert from 'node:assert/strict';
import { objections, schemas } from '../support/fixtures.js';

/** What every object has by itself; as data it would change what an object is or hide what it can. */
const FORBIDDEN = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
/** The deepest a message may be: Node-RED clones it at every wire. */
const DEEPEST = 40;

const { alarm: isAlarm } = schemas();

/**
 * Fails on what is not plain JSON, is too deep, or has names it must not have.
 * @returns how much it is: about the characters that it would have as JSON
 */
export function volume(value: unknown, where = 'it', depth = 0): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'boolean':
      return 4;
    case 'number':
      assert.ok(
        Number.isFinite(value) && !Object.is(value, -0),
        `${where} is ${Object.is(value, -0) ? '-0' : value}, which JSON does not know`,
      );
      return 8;
    case 'object':
      return value === null ? 4 : volumeOfObject(value, where, depth);
    default:
      assert.fail(`${where} is of type ${typeof value}`);
  }
}

function volumeOfObject(value: object, where: string, depth: number): number {
  assert.ok(depth < DEEPEST, `${where.slice(0, 200)} is too deep`);
  const prototype: unknown = Object.getPrototypeOf(value);
  assert.ok(
    prototype === (Array.isArray(value) ? Array.prototype : Object.prototype),
    `${where} is no plain object`,
  );
  let sum = 2;
  for (const [name, item] of Object.entries(value)) {
    assert.ok(!FORBIDDEN.has(name), `${where} has ${name}`);
    sum += name.length + 3 + volume(item, `${where}.${name}`, depth + 1);
  }
  assert.equal('polluted' in {}, false);
  return sum;
}

/** Fails on an event that a flow must not get; returns how much it is. */
export function volumeOfEvent(event: unknown): number {
  // The schema sees the event as it is, not what JSON makes of it.
  if (isAlarm(event) !== true) assert.fail(objections(isAlarm, event) || 'not of the schema as it is');
  return volume(event, 'event');
}
