import type { Detector, DetectorName, EventsBehaviour } from './events-behaviour.js';

/** Where the settings of a detector of channel 1 stand. */
interface Place {
  readonly path: string;
  readonly collection: string;
  readonly eventType: string;
  /** Id of its schedule, one for each kind of device. */
  readonly ids: Readonly<Record<EventsBehaviour['scheduleIds'], string>>;
}

const PLACES: Readonly<Record<DetectorName, Place>> = {
  motion: {
    path: '/ISAPI/System/Video/inputs/channels/1/motionDetection',
    collection: 'motionDetections',
    eventType: 'VMD',
    ids: { video: 'VMD_video1', channel: 'VMD_video1' },
  },
  line: {
    path: '/ISAPI/Smart/LineDetection/1',
    collection: 'lineDetections',
    eventType: 'linedetection',
    ids: { video: 'linedetection_video1', channel: 'lineDetection-1' },
  },
  field: {
    path: '/ISAPI/Smart/FieldDetection/1',
    collection: 'fieldDetections',
    eventType: 'fielddetection',
    ids: { video: 'fielddetection_video1', channel: 'fieldDetection-1' },
  },
};

export const SCHEDULES = '/ISAPI/Event/schedules';

/** The documents of all detectors that are there, by path: settings and schedule of each. */
export function detectorDocuments(behaviour: EventsBehaviour, namespace: string): Map<string, string> {
  const documents = new Map<string, string>();
  const { detectors, scheduleIds } = behaviour;
  for (const [name, detector] of Object.entries(detectors) as [DetectorName, Detector][]) {
    const { path, collection, eventType, ids } = PLACES[name];
    documents.set(path, settings(name, detector, namespace));
    const id = ids[scheduleIds];
    documents.set(`${SCHEDULES}/${collection}/${id}`, weekOf(detector, id, eventType, namespace));
  }
  return documents;
}

const whole = (root: string, namespace: string, lines: readonly string[]) =>
  ['<?xml version="1.0" encoding="UTF-8"?>', `<${root} ${namespace}>`, ...lines, `</${root}>`, ''].join('\n');

/** Monday is 1. */
const DAYS = [1, 2, 3, 4, 5, 6, 7];

function weekOf({ schedule }: Detector, id: string, eventType: string, namespace: string): string {
  const end = schedule === 'zero' ? '00:00' : '24:00';
  const block = (day: number) => [
    '<TimeBlock>',
    `<dayOfWeek>${day}</dayOfWeek>`,
    `<TimeRange>\n<beginTime>00:00</beginTime>\n<endTime>${end}</endTime>\n</TimeRange>`,
    '</TimeBlock>',
  ];
  return whole('Schedule', namespace, [
    `<id>${id}</id>`,
    `<eventType>${eventType}</eventType>`,
    '<videoInputChannelID>1</videoInputChannelID>',
    '<TimeBlockList>',
    ...(schedule === 'empty' ? [] : DAYS.flatMap(block)),
    '</TimeBlockList>',
  ]);
}

const SCREEN = [
  '<normalizedScreenSize>',
  '<normalizedScreenWidth>1000</normalizedScreenWidth>',
  '<normalizedScreenHeight>1000</normalizedScreenHeight>',
  '</normalizedScreenSize>',
];

function settings(name: DetectorName, { enabled, drawn }: Detector, namespace: string): string {
  if (name === 'motion') {
    // One bit for each cell of 22 in a row of 24, 18 rows: what is not set is not watched.
    const grid = (drawn ? 'fffffc' : '000000').repeat(18);
    return whole('MotionDetection', namespace, [
      `<enabled>${enabled}</enabled>`,
      '<regionType>grid</regionType>',
      '<Grid>\n<rowGranularity>18</rowGranularity>\n<columnGranularity>22</columnGranularity>\n</Grid>',
      '<MotionDetectionLayout>',
      '<sensitivityLevel>60</sensitivityLevel>',
      `<layout>\n<gridMap>${grid}</gridMap>\n</layout>`,
      '</MotionDetectionLayout>',
    ]);
  }
  const [root, list, item, corners, corner] =
    name === 'line'
      ? ['LineDetection', 'LineItemList', 'LineItem', 'CoordinatesList', 'Coordinates']
      : [
          'FieldDetection',
          'FieldDetectionRegionList',
          'FieldDetectionRegion',
          'RegionCoordinatesList',
          'RegionCoordinates',
        ];
  const places = name === 'line' ? [150, 850] : [150, 500, 850];
  const points = drawn ? places.map((x) => `<${corner}>${point(x, 1000 - x)}</${corner}>`) : [];
  return whole(root, namespace, [
    '<id>1</id>',
    `<enabled>${enabled}</enabled>`,
    ...SCREEN,
    `<${list}>`,
    `<${item}>`,
    '<id>1</id>',
    '<sensitivityLevel>50</sensitivityLevel>',
    `<${corners}>`,
    ...points,
    `</${corners}>`,
    `</${item}>`,
    `</${list}>`,
  ]);
}

const point = (x: number, y: number) => `<positionX>${x}</positionX><positionY>${y}</positionY>`;
