import { type Fields, isFields } from '../../wire/fields.js';

/**
 * Fields by their names in lower case, as firmwares spell them in several ways (MACAddress and MacAddress, Background
 * and backGround); of two that differ in this alone the first that says something counts.
 */
export function lowered(fields: Fields): Fields {
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const key = name.toLowerCase().trim();
    if (found[key] === undefined || found[key] === null || found[key] === '') found[key] = value;
  }
  return found;
}

/** The objects of a field that hold anything; a single one is a list of one. */
export function entries(fields: Fields, name: string): Fields[] {
  return [fields[name]].flat().filter((each) => isFields(each) && Object.keys(each).length > 0) as Fields[];
}

/** Yes or no, as JSON or as text; undefined for anything else. */
export function flag(value: unknown): boolean | undefined {
  switch (typeof value === 'string' ? value.trim().toLowerCase() : value) {
    case true:
    case 'true':
    case 1:
    case '1':
      return true;
    case false:
    case 'false':
    case 0:
    case '0':
      return false;
    default:
      return undefined;
  }
}

/** A channel as the device writes it. */
export interface Channel {
  readonly raw: string;
  /** From 1. */
  readonly number?: number;
}

/** `CH5`, `IP_CH5`, `WIFI_CH5` (raysharp-vstarcam-others.md §1.5). */
const CHANNEL = /^(?:(?:IP|WIFI)[_-])?CH(\d{1,5})$/i;

/** @returns undefined when the text names no channel */
export function readChannel(text: string | undefined): Channel | undefined {
  const number = Number(CHANNEL.exec(text ?? '')?.[1] ?? 0);
  return text !== undefined && number > 0 ? { raw: text, number } : undefined;
}

/** A number that counts channels from 0. */
export function readIndex(index: string | undefined): Channel | undefined {
  return index !== undefined && /^\d{1,5}$/.test(index)
    ? { raw: index, number: Number(index) + 1 }
    : undefined;
}
