import assert from 'node:assert/strict';
import { changed, type Random } from '../vendors/changes.js';
import type { Sample } from './engine.js';

/** One of them. */
export const pick = <Item>(items: readonly Item[], random: Random) => items[random(items.length)] as Item;
export const json = (value: unknown) => JSON.stringify(value);

/** Samples made of these by changes; now and then with the content type of another one, or a changed one. */
export function changesOf(samples: readonly Sample[]): (random: Random) => Sample {
  assert.ok(samples.length >= 5, `${samples.length} samples`);
  return (random) => {
    const sample = pick(samples, random);
    const other = pick(samples, random);
    const bytes = changed(sample.bytes, other.bytes, random);
    if (random(8) > 0) return { bytes, contentType: sample.contentType };
    const foreign = other.contentType ?? 'multipart/form-data; boundary=boundary';
    if (random(2) > 0) return { bytes, contentType: foreign };
    const type = changed(Buffer.from(foreign), Buffer.from(sample.contentType ?? ''), random);
    return { bytes, contentType: type.toString('latin1') };
  };
}

export const asText = (text: string): Sample => ({ bytes: Buffer.from(text, 'latin1') });
