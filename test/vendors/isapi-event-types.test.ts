import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_KINDS, type AlarmKind } from '../../src/event.js';
import { EVENT_TYPES } from '../../src/vendors/isapi/event-types.js';

/** Spellings of devices, their lists and their guides (isapi-event-types.md) → what they mean. */
const SPELLINGS: Partial<Record<AlarmKind, string>> = {
  motion: 'VMD vmd motionDetection motiondetection VMDHumanVehicle intelliTrace ROI',
  'line-crossing': 'linedetection lineDetection Linedetection',
  intrusion: 'fielddetection fieldDetection',
  'region-entrance': 'regionEntrance regionentrance',
  'region-exit': 'regionExiting regionexiting regionExit',
  loitering: 'loitering',
  'object-left': 'unattendedBaggage unattendedbaggage abandonedObject AID_abandonedObject',
  'object-removed': 'attendedBaggage attendedbaggage',
  tamper: 'tamperdetection tamperDetection shelteralarm Shelteralarm tamper hide block',
  'scene-change': 'scenechangedetection sceneChangeDetection defocus defocusDetection cameraAngleAnormaly',
  'video-loss': 'videoloss videoLoss badvideo videomismatch sigLose',
  audio: 'audioexception audioDetection audioLoss',
  'alarm-input': 'IO io softIO WLSensor callhelp',
  pir: 'PIR pir',
  person: 'humanRecognition HUMANATTRIBUTE MTD_human mixedTargetDetection peopleDetection failDown running',
  vehicle: 'parking illegalParking TFS_wrongDirection MTD_vehicle overSpeed HVTVehicleDetection',
  face: 'facedetection faceDetection faceDetect faceSnap faceCapture faceSnapModeling MTD_face alarmResult faceContrast faceContrastSuccess faceContrastFailure PictureCaptureComparision',
  plate: 'ANPR anpr vehicleDetection vehicledetection vehicleRcogResult',
  access: 'AccessControllerEvent AccessControlEvent',
  counting: 'PeopleCounting peopleCounting counting framesPeopleCounting',
  fire: 'fireDetection smokeAndFireDetection',
  smoke: 'smokeDetection',
  temperature: 'TMA TMPA thermometry temperatureDetection temperature highTempAlarm',
  disk: 'diskfull diskerror diskError recordingfailure raidfailure raidexception storageDetection hdBadBlock SevereHDFailure',
  network: 'nicbroken ipconflict illaccess illAccess poePowerException',
  heartbeat: 'heartBeat heartbeat',
};

const find = (spelling: string) => EVENT_TYPES.get(spelling.toLowerCase());

test('every spelling is found, whatever its case', () => {
  for (const [kind, spellings] of Object.entries(SPELLINGS)) {
    for (const spelling of spellings.split(' ')) {
      for (const written of [spelling, spelling.toLowerCase(), spelling.toUpperCase()])
        assert.equal(find(written)?.kind, kind, written);
    }
  }
});

test('every type seen on the wire or in the lists of real devices is known', () => {
  const seen =
    'VMD linedetection fielddetection regionEntrance regionExiting videoloss tamperdetection IO softIO PIR WLSensor ' +
    'callhelp audioexception scenechangedetection defocus facedetection faceSnap faceCapture alarmResult ANPR ' +
    'unattendedBaggage attendedBaggage AccessControllerEvent PeopleCounting TMPA thermometry diskfull ' +
    'diskerror nicbroken ipconflict illaccess recordingfailure badvideo videomismatch storageDetection';
  assert.deepEqual(
    seen.split(' ').filter((type) => find(type) === undefined),
    [],
  );
});

test('keys are lower case and plain, so that each can be met', () => {
  for (const key of EVENT_TYPES.keys()) assert.match(key, /^[a-z\d_]+$/);
});

test('every type means one of our kinds; only the rules people make on the AI platform can mean anything', () => {
  for (const [key, { kind, course }] of EVENT_TYPES) {
    assert.ok(ALARM_KINDS.includes(kind), key);
    assert.equal(kind === 'unknown', key.startsWith('aiop_'), key);
    assert.ok(['lasting', 'momentary'].includes(course), key);
  }
});

test('what a device repeats until it ends is lasting, what happens once is momentary', () => {
  const lasting =
    'VMD linedetection fielddetection regionEntrance regionExiting videoloss tamperdetection IO PIR ' +
    'scenechangedetection facedetection TMA TMPA diskfull diskerror nicbroken ipconflict badvideo defocus';
  for (const type of lasting.split(' ')) assert.equal(find(type)?.course, 'lasting', type);
  const momentary =
    'ANPR faceSnap faceCapture alarmResult AccessControllerEvent PeopleCounting mixedTargetDetection illaccess';
  for (const type of momentary.split(' ')) assert.equal(find(type)?.course, 'momentary', type);
});

test('a name that every JavaScript object knows is no type', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '']) {
    assert.equal(find(name), undefined, name);
  }
});
