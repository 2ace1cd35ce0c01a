import type { Clock } from '../../clock.js';
import type { AlarmKind } from '../../event.js';
import type { PictureName } from '../picture.js';
import { alarmSnap, type ChannelAlarm, envelope, type News, smartAlarm } from '../recorder/envelope.js';
import { jsonBytes } from '../recorder/json-bytes.js';
import type { Moment } from '../recorder/moments.js';
import { postRequest, requestBytes } from '../recorder/push-requests.js';
import { faceInfo, plateInfo } from '../recorder/smart-pictures.js';
import { type Act, nameOf, type Play, type Player } from './play.js';

const CHANNEL = 'CH1';

/** What becomes of one alarm; `id` names its picture, where it has one. */
interface Happening {
  readonly begins: boolean;
  readonly id: number | undefined;
  readonly place: string;
  readonly moment: Moment;
}

type Teller = (happening: Happening) => News;

/** One channel, with the picture that it names. */
const pictured =
  (shown: PictureName, alarm: (happening: Happening) => ChannelAlarm): Teller =>
  (happening) => {
    const { id, place, moment } = happening;
    return {
      channel_alarm: [{ ...alarm(happening), chn_alias: place }],
      ...(id !== undefined && { alarm_snap_data: [alarmSnap(CHANNEL, id, moment, shown)] }),
    };
  };

/** By a field that says yes or no. */
const flagged = (name: 'motion_alarm' | 'io_alarm' | 'pir_alarm' | 'doorbell_call', shown: PictureName) =>
  pictured(shown, ({ begins, id }) => ({
    channel: CHANNEL,
    [name]: begins,
    ...(id !== undefined && { take_alarm_snap: id }),
  }));

const smart = (subtype: string, shown: PictureName) =>
  pictured(shown, ({ begins, id }) => smartAlarm(CHANNEL, subtype, begins, id));

/** A smart alarm that is told once more with what was recognised; its pictures stand there. */
const recognised = (subtype: string, tell: (happening: Happening) => News): Teller => {
  const alarm = smart(subtype, 'gate-scene');
  return (happening) => {
    const told = alarm({ ...happening, id: undefined });
    return happening.begins ? { ...told, ...tell(happening) } : told;
  };
};

const shotOf = ({ id = 0, moment }: Happening) => ({ channel: 1, label: CHANNEL, id, moment });

const plate: Teller = (happening) => {
  const info = plateInfo({ ...shotOf(happening), number: 'SIM12E34', registered: false });
  const shown = happening.id === undefined ? { ...info, PlateImg: '', BgImg: '' } : info;
  return { ai_snap_picture: { PlateInfo: [shown] } };
};

const face: Teller = (happening) => {
  const info = faceInfo({ ...shotOf(happening), name: '', similarity: 0 });
  const shown = happening.id === undefined ? { ...info, Image2: '', Image3: '', Image4: '' } : info;
  return { ai_snap_picture: { FaceInfo: [shown] } };
};

/** The vendor's words (raysharp-vstarcam-others.md §1.5). */
const TELLERS: ReadonlyMap<AlarmKind, Teller> = new Map([
  ['motion', flagged('motion_alarm', 'door-scene')],
  ['line-crossing', smart('lcd', 'yard-scene')],
  ['intrusion', smart('pid', 'yard-scene')],
  ['region-entrance', smart('region_entrance', 'yard-scene')],
  ['region-exit', smart('region_exiting', 'yard-scene')],
  ['object-left', smart('sod', 'yard-scene')],
  ['person', smart('pd_vd', 'gate-scene')],
  ['face', recognised('fd', face)],
  ['plate', recognised('lpd', plate)],
  ['tamper', smart('video_tamper', 'door-scene')],
  ['scene-change', smart('avd', 'door-scene')],
  ['audio', smart('sound', 'door-scene')],
  ['alarm-input', flagged('io_alarm', 'door-scene')],
  ['pir', flagged('pir_alarm', 'yard-scene')],
  ['doorbell', flagged('doorbell_call', 'door-scene')],
  ['fire', smart('fireDetect', 'yard-scene')],
  [
    'video-loss',
    ({ begins, place }) => ({
      channel_alarm: [{ channel: CHANNEL, chn_alias: place, videoloss: begins }],
    }),
  ],
  [
    'disk',
    ({ begins, place }) => ({
      system_alarm: [
        {
          device_name: place,
          hdd: begins ? { hdd_alarm_type: 'Error', hdd_alarm_info: 'Bad' } : { hdd_alarm_type: 'Ok' },
        },
      ],
    }),
  ],
]);
const SIGN_OF_LIFE: News = { heat_alarm: 'HeatAlarm' };

/** A recorder with an event push platform and its clock in this time zone. @param zone minutes east of UTC */
export function raysharpPlayer(clock: Clock, zone: number): Player {
  let position = 0;
  let pictures = 0;
  const tell = (play: Play, act: Act): object => {
    const begins = act === 'start';
    const place = nameOf(play);
    const moment = { at: new Date(clock.now()), zone };
    const id = begins && play.picture ? ++pictures : undefined;
    const news = TELLERS.get(play.kind)?.({ begins, id, place, moment }) ?? SIGN_OF_LIFE;
    const who = { name: place, mac: '00:00:5e:00:53:a2', address: '192.0.2.162', platform: place };
    return envelope(news, who, moment, ++position);
  };
  return {
    kinds: new Map([...[...TELLERS.keys()].map((kind) => [kind, true] as const), ['heartbeat', false]]),
    request: (target, play, act) => requestBytes(postRequest(target, jsonBytes(tell(play, act)))),
    datagram: (play, act) => jsonBytes(tell({ ...play, picture: false }, act), 'without'),
  };
}
