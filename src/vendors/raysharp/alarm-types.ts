import type { AlarmKind } from '../../event.js';

/**
 * The recorder's words for what happened, in lower case: those of the flat form and of GET, `int_subtype` of the
 * envelope, and the names of its fields that are alarms (raysharp-vstarcam-others.md §1.4, §1.5).
 */
export const ALARM_TYPES: ReadonlyMap<string, AlarmKind> = new Map([
  ['videomotion', 'motion'],
  ['motion_alarm', 'motion'],
  ['motion_report', 'motion'],
  ['smd', 'motion'],
  ['videoblind', 'tamper'],
  ['videotampering', 'tamper'],
  ['video_tamper', 'tamper'],
  ['sounddetect', 'audio'],
  ['sound', 'audio'],
  ['rsd', 'audio'],
  ['sod', 'object-left'],
  ['lcd', 'line-crossing'],
  ['pid', 'intrusion'],
  ['pd', 'person'],
  ['pd_vd', 'person'],
  ['fd', 'face'],
  ['ad', 'face'],
  ['cc', 'counting'],
  ['cccount', 'counting'],
  ['cd', 'counting'],
  ['qd', 'counting'],
  ['lpd', 'plate'],
  ['lpr', 'plate'],
  ['ioalarm', 'alarm-input'],
  ['io_alarm', 'alarm-input'],
  ['piralarm', 'pir'],
  ['pir_alarm', 'pir'],
  ['intrusion', 'intrusion'],
  ['regionentrance', 'region-entrance'],
  ['region_entrance', 'region-entrance'],
  ['regionexiting', 'region-exit'],
  ['region_exiting', 'region-exit'],
  ['firedetection', 'fire'],
  ['firedetect', 'fire'],
  ['measurement', 'temperature'],
  ['measure', 'temperature'],
  ['avd', 'scene-change'],
  ['doorbell_call', 'doorbell'],
  ['talkback_alarm', 'doorbell'],
]);

/** `EventType` of the text lines of 2017 (raysharp-vstarcam-others.md §1.10). */
export const KINDS_OF_2017: ReadonlyMap<string, AlarmKind> = new Map([
  ['1', 'motion'],
  ['2', 'alarm-input'],
  ['3', 'video-loss'],
  ['4', 'tamper'],
  ['5', 'disk'],
  ['6', 'network'],
  ['7', 'line-crossing'],
  ['8', 'intrusion'],
  ['9', 'object-left'],
  ['10', 'person'],
  ['11', 'face'],
  ['12', 'counting'],
]);

/** What a number of 2019 means. */
export interface TypeOf2019 {
  readonly kind: AlarmKind;
  /** It is seen, so that its picture may follow in a request of its own. */
  readonly pictured?: true;
}

/** `eventType` of the JSON of 2019 (raysharp-vstarcam-others.md §1.10); 12, how it records, is no event. */
export const TYPES_OF_2019: ReadonlyMap<string, TypeOf2019> = new Map([
  ['0', { kind: 'alarm-input' }],
  ['1', { kind: 'motion' }],
  ['2', { kind: 'intrusion', pictured: true }],
  ['3', { kind: 'scene-change' }],
  ['4', { kind: 'unknown', pictured: true }],
  ['5', { kind: 'video-loss' }],
  ['6', { kind: 'disk' }],
  ['8', { kind: 'network' }],
  ['11', { kind: 'access' }],
  ['13', { kind: 'disk' }],
  ['18', { kind: 'tamper' }],
  ['19', { kind: 'object-left', pictured: true }],
  ['20', { kind: 'intrusion', pictured: true }],
  ['25', { kind: 'line-crossing', pictured: true }],
  ['26', { kind: 'intrusion', pictured: true }],
  ['27', { kind: 'object-left', pictured: true }],
  ['28', { kind: 'person', pictured: true }],
  ['29', { kind: 'face', pictured: true }],
  ['30', { kind: 'counting' }],
  ['35', { kind: 'pir' }],
  ['37', { kind: 'motion', pictured: true }],
]);
export const RECORD_STATUS_OF_2019 = '12';

/** `eventType` of a picture of 2019. */
export const PICTURES_OF_2019: ReadonlyMap<string, AlarmKind> = new Map([
  ['0', 'face'],
  ['1', 'person'],
  ['2', 'vehicle'],
]);

/** What a detected object is, and the alarms it may belong to. */
export interface ObjectType {
  readonly kind: AlarmKind;
  readonly target: string;
  /** Types of alarms, in lower case. */
  readonly alarms: readonly string[];
}

const PEOPLE_AND_VEHICLES = ['pd', 'pd_vd'];
export const FACE_ALARMS = ['fd', 'ad'];
export const PLATE_ALARMS = ['lpd', 'lpr'];

/** `Type` of a SnapedObjInfo (raysharp-vstarcam-others.md §1.7). */
export const OBJECT_TYPES: ReadonlyMap<number, ObjectType> = new Map([
  [0, { kind: 'face', target: 'face', alarms: FACE_ALARMS }],
  [1, { kind: 'person', target: 'human', alarms: PEOPLE_AND_VEHICLES }],
  [2, { kind: 'vehicle', target: 'vehicle', alarms: PEOPLE_AND_VEHICLES }],
  [3, { kind: 'intrusion', target: 'human', alarms: ['pid'] }],
  [4, { kind: 'intrusion', target: 'vehicle', alarms: ['pid'] }],
  [5, { kind: 'line-crossing', target: 'human', alarms: ['lcd'] }],
  [6, { kind: 'line-crossing', target: 'vehicle', alarms: ['lcd'] }],
  [10, { kind: 'plate', target: 'vehicle', alarms: PLATE_ALARMS }],
]);
