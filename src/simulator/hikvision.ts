import { MULTIPART, multipartBody, type PushPart, type PushTarget, pushRequest, send } from './http-push.js';
import type { SimulatedAlert, SimulatedIdentity, SimulatedRegion } from './isapi-documents.js';
import { alertJson, alertXml } from './isapi-documents.js';
import { type PictureName, picture } from './picture.js';

/** How a simulated device writes what it sends. */
export interface Habits {
  readonly lineEnd: '\r\n' | '\n';
  readonly format: 'xml' | 'json';
  /** Minutes east of UTC of its clock; an hour unless given. */
  readonly zone?: number;
}

/** Something that happens in front of a simulated camera. */
export interface Scene {
  readonly eventType: string;
  readonly eventDescription: string;
  readonly channel: number;
  readonly channelName: string;
  readonly region?: SimulatedRegion;
  readonly plate?: string;
  /** Number of an alarm input. */
  readonly input?: number;
  readonly pictures: ReadonlyArray<{ readonly name: PictureName; readonly part: string }>;
}

/** Scenes of a camera at a gate: CRLF, channel 1. */
export const GATE_SCENES: readonly Scene[] = [
  {
    eventType: 'linedetection',
    eventDescription: 'linedetection alarm',
    channel: 1,
    channelName: 'Gate',
    region: {
      id: 1,
      target: 'human',
      corners: [
        [424, 642],
        [161, 610],
      ],
    },
    pictures: [
      { name: 'gate-scene', part: 'detectionPicture' },
      { name: 'gate-target', part: 'humanImage' },
    ],
  },
  {
    eventType: 'VMD',
    eventDescription: 'Motion alarm',
    channel: 1,
    channelName: 'Gate',
    pictures: [{ name: 'gate-scene', part: 'MoveDetection' }],
  },
];

/** Scenes of a recorder with several cameras: LF. */
export const RECORDER_SCENES: readonly Scene[] = [
  {
    eventType: 'fielddetection',
    eventDescription: 'fielddetection alarm',
    channel: 3,
    channelName: 'Yard',
    region: {
      id: 2,
      target: 'human',
      corners: [
        [729, 960],
        [871, 815],
        [419, 476],
        [398, 563],
      ],
    },
    pictures: [{ name: 'yard-scene', part: 'fielddetection' }],
  },
  {
    eventType: 'ANPR',
    eventDescription: 'ANPR',
    channel: 2,
    channelName: 'Barrier',
    plate: 'SIM12E34',
    pictures: [
      { name: 'car-plate', part: 'licensePlatePicture' },
      { name: 'car-scene', part: 'detectionPicture' },
    ],
  },
];

/** A simulated Hikvision camera or recorder that pushes over HTTP like a real one. */
export class HikvisionDevice {
  readonly #who: SimulatedIdentity;
  readonly #habits: Habits;
  readonly #now: () => Date;
  #count = 0;

  constructor(who: SimulatedIdentity, habits: Habits, now: () => Date = () => new Date()) {
    this.#who = who;
    this.#habits = habits;
    this.#now = now;
  }

  /** The request for a scene, byte by byte: plain document without pictures, multipart with them. */
  request(target: PushTarget, scene: Scene, state: 'active' | 'inactive' = 'active'): Buffer {
    const { format, lineEnd, zone = 60 } = this.#habits;
    const alert: SimulatedAlert = {
      ...scene,
      eventState: state,
      count: ++this.#count,
      time: this.#now(),
      zone,
    };
    const document = format === 'xml' ? alertXml(alert, this.#who, lineEnd) : alertJson(alert, this.#who);
    const contentType = `application/${format}; charset="UTF-8"`;
    if (state === 'inactive' || scene.pictures.length === 0) {
      return pushRequest(target, contentType, Buffer.from(document));
    }
    const name = `${scene.eventType}.${format}`;
    const parts: PushPart[] = [
      { name, filename: name, contentType, bytes: document },
      ...scene.pictures.map(({ name: shown, part }) => ({
        name: `${part}.jpg`,
        filename: `${part}.jpg`,
        contentType: 'image/jpeg',
        bytes: picture(shown),
      })),
    ];
    return pushRequest(target, MULTIPART, multipartBody(parts, lineEnd));
  }

  /** The heartbeat of a device that was asked for one: a video loss that is not (isapi.md §2). */
  heartbeat(target: PushTarget): Buffer {
    const scene: Scene = {
      eventType: 'videoloss',
      eventDescription: 'videoloss alarm',
      channel: 1,
      channelName: '',
      pictures: [],
    };
    return this.request(target, scene, 'inactive');
  }

  /** Pushes a scene. @returns the whole answer */
  push(target: PushTarget, scene: Scene, state: 'active' | 'inactive' = 'active'): Promise<string> {
    return send(target, this.request(target, scene, state));
  }
}

/** A camera with CRLF line ends. */
export const simulatedCamera = (now?: () => Date) =>
  new HikvisionDevice(
    { mac: '00:00:5e:00:53:01', address: '192.0.2.7', serial: 'SIM-CAMERA-20261122AAWR00000001' },
    { lineEnd: '\r\n', format: 'xml' },
    now,
  );

/** A recorder with LF line ends. */
export const simulatedRecorder = (now?: () => Date) =>
  new HikvisionDevice(
    { mac: '00:00:5e:00:53:02', address: '192.0.2.8', serial: 'SIM-RECORDER-20261122CCRR00000002' },
    { lineEnd: '\n', format: 'xml' },
    now,
  );

/** A terminal that writes JSON. */
export const simulatedTerminal = (now?: () => Date) =>
  new HikvisionDevice(
    { mac: '00:00:5e:00:53:03', address: '192.0.2.9', serial: 'SIM-TERMINAL-20261122V00000003' },
    { lineEnd: '\r\n', format: 'json' },
    now,
  );
