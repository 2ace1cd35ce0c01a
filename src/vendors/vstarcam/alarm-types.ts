import type { AlarmKind } from '../../event.js';

/** Alarm codes of seed 002 §5. */
export const ALARM_TYPES: ReadonlyMap<number, AlarmKind> = new Map([
  [0x12, 'motion'],
  [0x14, 'doorbell'],
  [0x26, 'smoke'],
  [0x27, 'absence'],
  [0x28, 'baby-cry'],
  [0x29, 'person'],
  [0x6d, 'fire'],
  [0x6e, 'smoke'],
]);

/**
 * The number of an alarm type. The document calls it an integer and lists it in hexadecimal: no code of the list is
 * another one when its digits are read the other way (unknowns V2), so that both can be taken.
 * @returns undefined for what is no number
 */
export function readCode(type: string): number | undefined {
  const [, marked] = /^0x([\da-f]{1,8})$/i.exec(type) ?? /^([\da-f]{1,8})h$/i.exec(type) ?? [];
  if (marked !== undefined) return Number.parseInt(marked, 16);
  if (!/^[\da-f]{1,8}$/i.test(type)) return undefined;
  const hexadecimal = Number.parseInt(type, 16);
  if (!/^\d+$/.test(type)) return hexadecimal;
  const decimal = Number(type);
  return !ALARM_TYPES.has(decimal) && ALARM_TYPES.has(hexadecimal) ? hexadecimal : decimal;
}
