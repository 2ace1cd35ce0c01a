import type { Fields } from '../../wire/fields.js';

/**
 * What differs between a push and the stream although the event is one (isapi.md §4): counters of the connection, who
 * carried it, and how pictures travel.
 */
const OF_THE_WAY: ReadonlySet<string> = new Set([
  'activePostCount',
  'ipAddress',
  'ipv6Address',
  'portNo',
  'protocol',
  'detectionPicturesNumber',
  'detectionPictureTransType',
  'bkgUrl',
  'URL',
  'URLCertificationType',
]);

/** The rest of a document: the same whichever way its event came. */
export function sameOf(document: Fields): unknown {
  return Object.entries(document).filter(([name]) => !OF_THE_WAY.has(name));
}
