import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { classify } from './classify.js';
import { child, type Fields, isFields } from './fields.js';
import { parseJson } from './json.js';
import { parseXml } from './xml.js';

/**
 * What stands in a document that a device answered with, XML or JSON. Never throws: devices answer with pages, half
 * documents and nothing at all.
 * @param name of the root; JSON may come without the name around it
 * @returns undefined for anything else
 */
export function readDeviceDocument(
  body: Buffer,
  name: string,
  limits: Limits,
  contentType?: string,
): Fields | undefined {
  return read(body, name, limits, contentType, false);
}

/**
 * The same for a document of capabilities, whose bounds and choices are attributes: `@min`, `@max`, `@opt`, as devices
 * name them in JSON.
 */
export function readCapabilities(body: Buffer, name: string, limits: Limits): Fields | undefined {
  return read(body, name, limits, undefined, true);
}

function read(
  body: Buffer,
  name: string,
  limits: Limits,
  contentType: string | undefined,
  attributes: boolean,
): Fields | undefined {
  try {
    if (classify(body) === 'xml') {
      const { root, content } = parseXml(body, limits, contentType, attributes);
      return root === name ? content : undefined;
    }
    const value = parseJson(body, limits, contentType);
    return isFields(value) ? (child(value, name) ?? value) : undefined;
  } catch (error) {
    if (error instanceof AlarmError) return undefined;
    throw error;
  }
}
