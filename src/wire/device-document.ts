import { AlarmError } from '../errors.js';
import { LIMITS } from '../limits.js';
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
export function readDeviceDocument(body: Buffer, name: string, contentType?: string): Fields | undefined {
  try {
    if (classify(body) === 'xml') {
      const { root, content } = parseXml(body, LIMITS, contentType);
      return root === name ? content : undefined;
    }
    const value = parseJson(body, LIMITS, contentType);
    return isFields(value) ? (child(value, name) ?? value) : undefined;
  } catch (error) {
    if (error instanceof AlarmError) return undefined;
    throw error;
  }
}
