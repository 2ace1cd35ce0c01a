import type { Limits } from '../../limits.js';
import { readDeviceDocument } from '../../wire/device-document.js';
import { children, isFields, text } from '../../wire/fields.js';

/** Where a device keeps the settings of what it detects, and when that is armed. */
export interface Detector {
  /** For people. */
  readonly name: string;
  /** Root of its document. */
  readonly root: string;
  /** Its document for a channel; where there are two, the second one is for the cameras of a recorder. */
  readonly paths: (channel: string) => readonly string[];
  /** Last but one word of the path of its schedules. */
  readonly schedules: string;
  /** Last word of it: devices know one of these, and answer the others as wrong content. */
  readonly scheduleIds: (channel: string) => readonly string[];
}

/** What the document of a detector says; what it does not say is absent. */
export interface DetectorSettings {
  readonly enabled?: boolean;
  /** Whether anything is drawn where it looks: cells, a line or a region. */
  readonly drawn?: boolean;
}

const upper = (word: string) => word[0]?.toUpperCase() + word.slice(1);
const lower = (word: string) => word[0]?.toLowerCase() + word.slice(1);

/** @param word in its path @param id of its schedules, without channel */
const detector = (name: string, word: string, id: string, paths: Detector['paths']): Detector => ({
  name,
  root: upper(word),
  paths,
  schedules: `${lower(word)}s`,
  scheduleIds: (channel) => [`${id}_video${channel}`, `${lower(word)}-${channel}`],
});

/** One that all devices have; a recorder has those of its cameras at a place of their own. */
const basic = (name: string, word: string, id: string) =>
  detector(name, word, id, (channel) => [
    `/ISAPI/System/Video/inputs/channels/${channel}/${word}`,
    `/ISAPI/ContentMgmt/InputProxy/channels/${channel}/video/${word}`,
  ]);

const smart = (name: string, word: string, id: string) =>
  detector(name, word, id, (channel) => [`/ISAPI/Smart/${word}/${channel}`]);

/** By event type in lower case, as the triggers name it; paths as in the vendor's guide and in public clients. */
const DETECTORS: ReadonlyMap<string, Detector> = new Map([
  ['vmd', basic('Motion', 'motionDetection', 'VMD')],
  ['tamperdetection', basic('Tampering', 'tamperDetection', 'tamper')],
  ['linedetection', smart('Line crossing', 'LineDetection', 'linedetection')],
  ['fielddetection', smart('Intrusion', 'FieldDetection', 'fielddetection')],
  ['regionentrance', smart('Region entrance', 'regionEntrance', 'regionEntrance')],
  ['regionexiting', smart('Region exit', 'regionExiting', 'regionExiting')],
]);

/** Undefined for an event whose settings are not known to us, such as an alarm input. */
export function detectorOf(eventType: string): Detector | undefined {
  return DETECTORS.get(eventType.toLowerCase());
}

/** Reads the document of a detector, XML or JSON; undefined for anything else. Never throws. */
export function readDetector(body: Buffer, root: string, limits: Limits): DetectorSettings | undefined {
  const fields = readDeviceDocument(body, root, limits);
  const said = text(fields, 'enabled');
  if (fields === undefined || said === undefined) return undefined;
  const drawn = isDrawn(fields);
  return { enabled: said.toLowerCase() === 'true', ...(drawn !== undefined && { drawn }) };
}

/** Lists of corners, and lists of what has corners. */
const CORNERS = /^(?:Region)?CoordinatesList$/;
const SHAPES = /^(?:LineItemList|\w*RegionList)$/;

/** A line has two ends. */
const LEAST_CORNERS = 2;

/** Undefined when nothing is said of it. */
function isDrawn(document: Readonly<Record<string, unknown>>): boolean | undefined {
  let found: boolean | undefined;
  const walk = (value: unknown): void => {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (!isFields(each)) continue;
      for (const [name, inside] of Object.entries(each)) {
        if (name === 'gridMap') found = /[1-9a-f]/i.test(text(each, name) ?? '') || found === true;
        else if (CORNERS.test(name)) found = children(each, name).some(hasCorners) || found === true;
        else {
          if (SHAPES.test(name)) found ??= false;
          walk(inside);
        }
      }
    }
  };
  walk(document);
  return found;
}

/** Devices write a shape that nobody has drawn as none, or as so many corners at the same place. */
function hasCorners(list: Readonly<Record<string, unknown>>): boolean {
  const corners = ['RegionCoordinates', 'Coordinates'].flatMap((name) => children(list, name));
  const places = corners.map((corner) => `${text(corner, 'positionX')} ${text(corner, 'positionY')}`);
  return new Set(places).size >= LEAST_CORNERS;
}
