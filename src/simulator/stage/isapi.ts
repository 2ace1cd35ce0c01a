import type { Clock } from '../../clock.js';
import type { AlarmKind } from '../../event.js';
import { GATE_SCENES, HikvisionDevice, RECORDER_SCENES, type Scene } from '../hikvision.js';
import type { PictureName } from '../picture.js';
import { nameOf, type Player } from './play.js';

type Happening = Omit<Scene, 'channel' | 'channelName'>;

const [LINE, MOTION] = GATE_SCENES as readonly [Scene, Scene];
const [INTRUSION, PLATE] = RECORDER_SCENES as readonly [Scene, Scene];

const seen = (eventType: string, name: PictureName): Happening => ({
  eventType,
  eventDescription: `${eventType} alarm`,
  pictures: [{ name, part: eventType }],
});
/** Something in a region that the camera watches. */
const watched = (eventType: string): Happening => ({
  ...seen(eventType, 'yard-scene'),
  ...(INTRUSION.region && { region: INTRUSION.region }),
});
const unseen = (eventType: string): Happening => ({ ...seen(eventType, 'gate-scene'), pictures: [] });

/** The vendor's words (isapi-event-types.md). */
const LASTING: ReadonlyArray<readonly [AlarmKind, Happening]> = [
  ['motion', MOTION],
  ['line-crossing', LINE],
  ['intrusion', INTRUSION],
  ['region-entrance', watched('regionEntrance')],
  ['region-exit', watched('regionExiting')],
  ['loitering', watched('loitering')],
  ['object-left', watched('unattendedBaggage')],
  ['object-removed', watched('attendedBaggage')],
  [
    'face',
    {
      ...seen('facedetection', 'gate-scene'),
      pictures: [
        { name: 'gate-scene', part: 'detectionPicture' },
        { name: 'gate-target', part: 'faceImage' },
      ],
    },
  ],
  ['tamper', unseen('shelteralarm')],
  ['scene-change', seen('scenechangedetection', 'door-scene')],
  ['audio', unseen('audioexception')],
  ['alarm-input', { ...seen('IO', 'door-scene'), input: 1 }],
  ['pir', seen('PIR', 'yard-scene')],
  ['fire', seen('fireDetection', 'yard-scene')],
  ['smoke', seen('smokeDetection', 'yard-scene')],
  ['disk', unseen('diskerror')],
];

/** A camera of Hikvision with its clock in this time zone. @param zone minutes east of UTC */
export function isapiPlayer(clock: Clock, zone: number): Player {
  const camera = new HikvisionDevice(
    { mac: '00:00:5e:00:53:a1', address: '192.0.2.161', serial: 'SIM-PLAYED-20261122AAWR00000161' },
    { lineEnd: '\r\n', format: 'xml', zone },
    () => new Date(clock.now()),
  );
  const happenings = new Map<AlarmKind, Happening>([...LASTING, ['plate', PLATE]]);
  return {
    kinds: new Map([
      ...LASTING.map(([kind]) => [kind, true] as const),
      ['plate', false],
      ['heartbeat', false],
    ]),
    request: (target, play, act) => {
      const happening = happenings.get(play.kind);
      if (happening === undefined) return camera.heartbeat(target);
      const pictures = play.picture ? happening.pictures : [];
      const scene = { ...happening, channel: 1, channelName: nameOf(play), pictures };
      return camera.request(target, scene, act === 'start' ? 'active' : 'inactive');
    },
  };
}
