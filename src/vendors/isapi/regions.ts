import type { Draft, Region } from '../../event.js';
import { child, children, type Fields, number, put, text } from '../../wire/fields.js';

/** Positions are given as 0..1000 of the picture, by some JSON devices as 0..1 (isapi.md §4). */
const POSITION_SCALE = 1000;

/** The entries of an alert's region list; JSON devices leave one of the two steps out. */
export function regionEntries(alert: Fields): Fields[] {
  if (!('DetectionRegionList' in alert)) return [];
  return children(alert, 'DetectionRegionList').flatMap((list) =>
    'DetectionRegionEntry' in list ? children(list, 'DetectionRegionEntry') : [list],
  );
}

/** Every region of an alert, with what rules of the AI platform and people counting name instead (isapi.md §7). */
export function readRegions(alert: Fields, entries: readonly Fields[]): Region[] {
  const regions = entries.flatMap(readRegion);
  const counted = text(child(alert, 'peopleCounting'), 'regionsID');
  if (counted !== undefined) regions.push({ id: counted });
  if ('AIOPData' in alert) {
    const alerts = children(child(child(alert, 'AIOPData'), 'events'), 'alertInfo');
    regions.push(...alerts.flatMap((each) => readRegion(child(each, 'ruleInfo') ?? {})));
  }
  return regions;
}

function readRegion(entry: Fields): Region[] {
  const id = text(entry, 'regionID', 'ruleID');
  const polygon = readPolygon(entry);
  if (id === undefined && polygon.length === 0) return [];
  const region: Draft<Region> = { id: id ?? '' };
  put(region, 'name', text(entry, 'regionName', 'ruleName'));
  if (polygon.length > 0) region.polygon = polygon;
  return [region];
}

/** Of which corners only some can be is another one: none at all is told. */
function readPolygon(entry: Fields): [number, number][] {
  const corners = children(entry, 'RegionCoordinatesList').flatMap((list) =>
    'RegionCoordinates' in list ? children(list, 'RegionCoordinates') : [list],
  );
  const places = corners.flatMap((corner): [number, number][] => {
    const [x, y] = [number(corner, 'positionX'), number(corner, 'positionY')];
    return isPlace(x) && isPlace(y) ? [[x, y]] : [];
  });
  if (places.length < corners.length) return [];
  // A thousandth of the picture is no region.
  const fractions = places.every(([x, y]) => x <= 1 && y <= 1);
  return fractions ? places : places.map(([x, y]) => [x / POSITION_SCALE, y / POSITION_SCALE]);
}

function isPlace(position: number | undefined): position is number {
  return position !== undefined && position >= 0 && position <= POSITION_SCALE;
}
