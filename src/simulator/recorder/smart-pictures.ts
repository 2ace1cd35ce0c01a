import { type PictureName, picture } from '../picture.js';
import { type Moment, wallSeconds } from './moments.js';

/** A picture that a recorder took because it recognised something. */
export interface Shot {
  /** From 1. */
  readonly channel: number;
  /** As the recorder names its channels: `CH1`, `IP_CH1`, `WIFI_CH1`. */
  readonly label: string;
  readonly id: number;
  readonly moment: Moment;
}

/** What a detected object is: people and vehicles, of perimeters and of lines too (raysharp-vstarcam-others.md §1.7). */
export const OBJECT = {
  face: 0,
  human: 1,
  vehicle: 2,
  perimeterHuman: 3,
  perimeterVehicle: 4,
  lineHuman: 5,
  lineVehicle: 6,
  plate: 10,
} as const;

export interface ObjectShot extends Shot {
  readonly type: number;
  readonly object: PictureName;
  readonly background: PictureName;
}

export interface PlateShot extends Shot {
  readonly number: string;
  /** Of a plate on the recorder's list `Id` is the number; of a stranger `SnapId` is. */
  readonly registered: boolean;
}

export interface FaceShot extends Shot {
  /** Empty for a stranger. */
  readonly name: string;
  /** 0..100 */
  readonly similarity: number;
}

/** The lists of `ai_snap_picture`; one entry alone is the `PicData` of the flat form. */
export interface SmartPictures {
  readonly SnapedObjInfo?: readonly object[];
  readonly PlateInfo?: readonly object[];
  readonly FaceInfo?: readonly object[];
}

/** Of unregistered faces and plates: above what a double holds. */
const STRANGERS = 9_223_372_036_854_775_807n;

const base64 = (name: PictureName) => picture(name).toString('base64');

/** Base64 of the binary structure behind a picture, which is no picture itself (raysharp-vstarcam-others.md §1.7). */
const imageAllInfo = ({ channel, id, moment }: Shot) =>
  Buffer.from(Uint32Array.of(0x49414e53, 1, channel, id, wallSeconds(moment), 0, 0, 0).buffer).toString(
    'base64',
  );

const times = ({ moment }: Shot) => ({ StartTime: wallSeconds(moment), EndTime: wallSeconds(moment) + 1 });

/** An object as the table of the flat form spells it. */
export const flatObject = (shot: ObjectShot) => ({
  Chn: shot.channel - 1,
  StrChn: shot.label,
  ...times(shot),
  SnapId: shot.id,
  Type: shot.type,
  ObjectImage: base64(shot.object),
  Background: base64(shot.background),
});

/** The same as the table of the envelope spells it. */
export const objectInfo = (shot: ObjectShot) => ({
  Chn: shot.channel - 1,
  strChn: shot.label,
  ...times(shot),
  SnapId: shot.id,
  Type: shot.type,
  ImageAllInfo: imageAllInfo(shot),
  ObjectImage: base64(shot.object),
  backGround: base64(shot.background),
});

export const plateInfo = (shot: PlateShot) => ({
  Id: shot.registered ? shot.number : '',
  GrpId: shot.registered ? 1 : 3,
  SnapId: shot.registered ? String(shot.id) : shot.number,
  Type: OBJECT.plate,
  StrChn: shot.label,
  ...times(shot),
  BgImgWidth: 1280,
  BgImgHeight: 720,
  Chn: shot.channel - 1,
  PlateColor: 4,
  CarBrand: '',
  CarType: '',
  Owner: shot.registered ? 'Owner of the plate' : '',
  ImageAllInfo: imageAllInfo(shot),
  PlateImg: base64('car-plate'),
  BgImg: base64('car-scene'),
});

export const faceInfo = (shot: FaceShot) => ({
  Id: shot.name === '' ? -1 : shot.id,
  GrpId: STRANGERS,
  SnapId: shot.id,
  Type: OBJECT.face,
  ...times(shot),
  BgImgWidth: 960,
  BgImgHeight: 720,
  Score: 93,
  Sex: 1,
  Age: 34,
  GlassesType: 0,
  Expression: 1,
  MouthMask: 0,
  Race: 1,
  Chn: shot.channel - 1,
  StrChn: shot.label,
  Similarity: shot.similarity,
  ImageAllInfo: imageAllInfo(shot),
  Image1: shot.name === '' ? '' : base64('gate-target'),
  Image2: base64('gate-target'),
  Image3: base64('gate-target'),
  Image4: base64('door-scene'),
  Name: shot.name,
  Feature: Buffer.alloc(512, 'feature').toString('base64'),
  FtVersion: 5,
});
