import type { AlarmKind } from '../../event.js';

/**
 * `lasting` events are repeated as active while the cause lasts and then end; `momentary` ones happen once, and
 * their eventState says nothing.
 */
export interface EventType {
  readonly kind: AlarmKind;
  readonly course: 'lasting' | 'momentary';
}

const lasting = (kind: AlarmKind, ...types: string[]): [string, EventType][] =>
  types.map((type) => [type.toLowerCase(), { kind, course: 'lasting' }]);
const momentary = (kind: AlarmKind, ...types: string[]): [string, EventType][] =>
  types.map((type) => [type.toLowerCase(), { kind, course: 'momentary' }]);

/**
 * eventType in lower case → what it means; case differs between firmwares (isapi-event-types.md, the source of
 * every row). A type that is not here passes as `unknown` with the vendor's word.
 */
export const EVENT_TYPES: ReadonlyMap<string, EventType> = new Map([
  ...lasting('motion', 'VMD', 'motionDetection', 'VMDHumanVehicle', 'intelliTrace', 'ROI'),
  ...lasting('line-crossing', 'linedetection'),
  ...lasting('intrusion', 'fielddetection'),
  ...lasting('region-entrance', 'regionEntrance'),
  ...lasting('region-exit', 'regionExiting', 'regionExit'),
  ...lasting('loitering', 'loitering'),
  ...lasting('object-left', 'unattendedBaggage', 'AID_abandonedObject', 'abandonedObject'),
  ...lasting('object-removed', 'attendedBaggage'),
  ...lasting('tamper', 'tamperdetection', 'shelteralarm', 'tamper', 'hide', 'block'),
  ...lasting('scene-change', 'scenechangedetection', 'defocus', 'defocusDetection', 'cameraAngleAnormaly'),
  ...lasting('video-loss', 'videoloss', 'badvideo', 'videomismatch', 'resolutionmismatch', 'sigLose'),
  ...lasting('audio', 'audioexception', 'audioDetection', 'audioLoss'),
  ...lasting('alarm-input', 'IO', 'softIO', 'WLSensor', 'callhelp'),
  ...lasting('pir', 'PIR'),
  ...lasting(
    'person',
    'peopleDetection',
    'personDensityDetection',
    'group',
    'running',
    'violentMotion',
    'humanEnter',
  ),
  ...lasting(
    'person',
    'failDown',
    'leavePosition',
    'retention',
    'peopleNumChange',
    'safetyHelmetDetection',
    'rapidMove',
  ),
  ...momentary(
    'person',
    'humanRecognition',
    'humanAttribute',
    'MTD_human',
    'targetCapture',
    'behaviorResult',
    'HFPD',
    'LFPD',
  ),
  ...momentary('person', 'mixedTargetDetection'),
  ...lasting(
    'vehicle',
    'parking',
    'illegalParking',
    'parallelParking',
    'reverseEntrance',
    'congestion',
    'trafficAccident',
  ),
  ...lasting(
    'vehicle',
    'TFS_illegalParking',
    'TFS_wrongDirection',
    'TFS_crossLane',
    'TFS_laneChange',
    'TFS_turnRound',
  ),
  ...momentary(
    'vehicle',
    'MTD_vehicle',
    'MTD_nonMotor',
    'HVTVehicleDetection',
    'vehicleControl',
    'overSpeed',
  ),
  ...lasting('face', 'facedetection', 'faceDetect'),
  ...momentary(
    'face',
    'faceSnap',
    'faceCapture',
    'faceSnapModeling',
    'MTD_face',
    'alarmResult',
    'captureResult',
  ),
  ...momentary(
    'face',
    'faceContrast',
    'faceContrastSuccess',
    'faceContrastFailure',
    'PictureCaptureComparision',
  ),
  ...momentary('plate', 'ANPR', 'vehicleDetection', 'vehicleRcogResult', 'executeControlResult'),
  ...momentary('access', 'AccessControllerEvent', 'AccessControlEvent'),
  ...momentary(
    'counting',
    'PeopleCounting',
    'counting',
    'framesPeopleCounting',
    'shipsFlowDetection',
    'heatMap',
  ),
  ...lasting('fire', 'fireDetection', 'smokeAndFireDetection'),
  ...lasting('smoke', 'smokeDetection'),
  ...lasting(
    'temperature',
    'TMA',
    'TMPA',
    'thermometry',
    'temperatureDetection',
    'temperature',
    'highTempAlarm',
  ),
  ...lasting(
    'disk',
    'diskfull',
    'diskerror',
    'recordingfailure',
    'raidfailure',
    'raidexception',
    'storageDetection',
  ),
  ...lasting(
    'disk',
    'spareException',
    'highHDTemperature',
    'lowHDTemperature',
    'hdImpact',
    'hdBadBlock',
    'SevereHDFailure',
  ),
  ...lasting('network', 'nicbroken', 'ipconflict', 'poePowerException', 'pocException'),
  ...momentary('network', 'illaccess'),
  ...momentary('heartbeat', 'heartBeat'),
]);

/** The last three digits of a Contact-ID code inside a `cidEvent` → what it means (isapi-event-types.md). */
export const CONTACT_ID_KINDS: ReadonlyMap<string, AlarmKind> = new Map([
  ['103', 'intrusion'],
  ['110', 'fire'],
  ['111', 'smoke'],
  ['130', 'intrusion'],
  ['131', 'intrusion'],
  ['137', 'tamper'],
  ['148', 'tamper'],
]);
