/** An event of a device and what it sets off (isapi.md §9). */
export interface Trigger {
  /** `VMD-1`, `tamper-1`, `IO-1`: not always the name of the type (isapi.md §9.2). */
  readonly id: string;
  readonly eventType: string;
  /** The first one where it is left out. */
  readonly channel?: number;
  /** What it sets off: an absent method is off (isapi.md §9.2). */
  readonly methods: readonly string[];
}

/** A detector of channel 1, with its weekly schedule. */
export interface Detector {
  readonly enabled: boolean;
  /** Whether a region or a line is drawn. */
  readonly drawn: boolean;
  /** All week; without a single block; or with blocks that end when they begin. */
  readonly schedule: 'always' | 'empty' | 'zero';
}

export type DetectorName = 'motion' | 'line' | 'field';

/** What a device detects, and what it does then (isapi.md §9). */
export interface EventsBehaviour {
  /** Undefined for a device without linkage. */
  triggers: readonly Trigger[] | undefined;
  /** `EventTriggerList`, or that in an `EventNotification` (isapi.md §9.2). */
  triggerRoot: 'EventTriggerList' | 'EventNotification';
  /** Recorders name version and namespace in each element, and no recurrence. */
  triggerStyle: 'camera' | 'recorder';
  /** Whether a notification may say how often it is repeated, which recorders do not know (isapi.md §9.2). */
  recurrence: 'taken' | 'refused';
  /** An empty line stands before the declaration (isapi.md §9.3). */
  blankFirst: boolean;
  /** What is said of a trigger that is not there: 503 with 2/deviceBusy on all recorders (isapi.md §9.3). */
  missingTrigger: 'deviceBusy' | 'invalidID';
  /** A detector that is left out is not there. */
  detectors: Partial<Record<DetectorName, Detector>>;
  /**
   * Last word of the path of a schedule: `linedetection_video1` or `lineDetection-1`. Devices know one of both and
   * refuse the other as 6/badXmlContent; isapi.md §9.2 knows no more than that there are schedules.
   */
  scheduleIds: 'video' | 'channel';
}

const ON: Detector = { enabled: true, drawn: true, schedule: 'always' };

export const USUAL_EVENTS: EventsBehaviour = {
  triggers: [
    { id: 'VMD-1', eventType: 'VMD', methods: ['center', 'record'] },
    { id: 'tamper-1', eventType: 'tamperdetection', methods: ['center'] },
    { id: 'linedetection-1', eventType: 'linedetection', methods: ['email'] },
    { id: 'fielddetection-1', eventType: 'fielddetection', methods: [] },
    { id: 'videoloss-1', eventType: 'videoloss', methods: ['beep', 'email'] },
    { id: 'IO-1', eventType: 'IO', methods: [] },
  ],
  triggerRoot: 'EventTriggerList',
  triggerStyle: 'camera',
  recurrence: 'taken',
  blankFirst: true,
  missingTrigger: 'deviceBusy',
  detectors: { motion: ON, line: ON, field: ON },
  scheduleIds: 'video',
};

const DETECTED: readonly string[] = ['VMD-1', 'linedetection-1', 'fielddetection-1'];

/** The usual triggers, where all that detectors see notifies the center, but for these. */
export function linkedBut(...off: readonly string[]): readonly Trigger[] {
  return (USUAL_EVENTS.triggers ?? []).map((trigger) => {
    if (!DETECTED.includes(trigger.id)) return trigger;
    const others = trigger.methods.filter((method) => method !== 'center');
    return { ...trigger, methods: off.includes(trigger.id) ? others : ['center', ...others] };
  });
}

const OF_A_CHANNEL: readonly (readonly [id: string, eventType: string])[] = [
  ['VMD', 'VMD'],
  ['tamper', 'tamperdetection'],
  ['videoloss', 'videoloss'],
  ['linedetection', 'linedetection'],
  ['fielddetection', 'fielddetection'],
  ['regionEntrance', 'regionEntrance'],
  ['regionExiting', 'regionExiting'],
  ['facedetection', 'facedetection'],
  ['scenechangedetection', 'scenechangedetection'],
  ['audioexception', 'audioexception'],
];

/** Ten events of each channel of a recorder, every one of which notifies the center among others. */
export function recorderTriggers(channels: number): readonly Trigger[] {
  return Array.from({ length: channels }, (_, at) => at + 1).flatMap((channel) =>
    OF_A_CHANNEL.map(([name, eventType]) => ({
      id: `${name}-${channel}`,
      eventType,
      channel,
      methods: ['record', 'center', 'email', 'beep'],
    })),
  );
}
