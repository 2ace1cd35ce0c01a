import type { Draft, Plate } from '../../../event.js';
import { child, type Fields, number, put, text } from '../../../wire/fields.js';

/** What cameras write for a plate they saw and could not read. */
const UNREAD = new Set(['unknown', 'noplate', 'no plate', '无车牌']);

/**
 * A number plate (isapi.md §7 ANPR, with the vendor's misspellings), from the ANPR element or from a query string,
 * which has the same fields beside those of the event.
 */
export function readPlate(anpr: Fields): Plate {
  const plate: Draft<Plate> = {};
  put(plate, 'number', readNumber(anpr, 'licensePlate') ?? readNumber(anpr, 'originalLicensePlate'));
  put(plate, 'confidence', number(anpr, 'confidenceLevel'));
  put(plate, 'direction', known(text(anpr, 'direction')));
  put(plate, 'lane', known(text(anpr, 'line', 'laneNo')));
  put(plate, 'country', known(text(anpr, 'country')));
  put(plate, 'list', known(text(anpr, 'vehicleListName', 'listType')));
  const info = child(anpr, 'vehicleInfo');
  const vehicle: Draft<NonNullable<Plate['vehicle']>> = {};
  put(vehicle, 'type', known(text(anpr, 'vehicleType') ?? text(info, 'vehicleType')));
  put(vehicle, 'color', known(text(info, 'color', 'vehicleColor')));
  if (Object.keys(vehicle).length > 0) plate.vehicle = vehicle;
  return plate;
}

function readNumber(anpr: Fields, name: string): string | undefined {
  const read = text(anpr, name);
  return read === undefined || UNREAD.has(read.toLowerCase()) ? undefined : read;
}

/** `unknown` says nothing: like what is missing. */
function known(value: string | undefined): string | undefined {
  return value?.toLowerCase() === 'unknown' ? undefined : value;
}
