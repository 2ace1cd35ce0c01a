import type { Behaviour } from './behaviour.js';
import {
  COUNTER_HOSTS,
  cameraHosts,
  DOOR_HOSTS,
  GROWING_HOSTS,
  JSON_HOSTS,
  NAMESPACES,
  PSIA_HOSTS,
  RECORDER_HOSTS,
  STRICT_TERMINAL_HOSTS,
  TERMINAL_HOSTS,
} from './factory-hosts.js';
import { SLOT_FIELDS, USUAL_LIMITS } from './hosts-behaviour.js';
import type { Script } from './scripts.js';

const recorder = {
  who: { mac: '00:00:5e:00:53:12', address: '192.0.2.18', serial: 'SIM-RECORDER-20261122CCRR00000012' },
  model: 'SIM-7608NI',
  firmware: ['V4.61.0', 'build 260101'],
  triggerStyle: 'recorder',
  blankFirst: false,
} as const;

const terminal = {
  who: { mac: '00:00:5e:00:53:13', address: '192.0.2.19', serial: 'SIM-TERMINAL-20261122V00000013' },
  model: 'SIM-K1T',
  firmware: ['V3.2.30', 'build 251015'],
  triggers: undefined,
  detectors: {},
} as const;

/** Slots are only reached through their list. */
const LIST_ONLY: readonly Script[] = [
  {
    on: '* /ISAPI/Event/notification/httpHosts/1',
    answer: { kind: 'refusal', word: 'notSupport', status: 404 },
  },
  {
    on: '* /ISAPI/Event/notification/httpHosts/2',
    answer: { kind: 'refusal', word: 'notSupport', status: 404 },
  },
];

/** Healthy devices as they leave the factory, one for each kind of httpHosts. */
export const GENERATIONS = {
  /** 2.0, three slots of 0.0.0.0:80, httpBroken; keeps what it gets as it came (isapi.md §8.2, seed 003 §1.1). */
  camera: { hosts: cameraHosts() },
  /** The same, with a firmware that writes anew what it stored (isapi.md §8.5). */
  renderingCamera: {
    hosts: cameraHosts(),
    writing: 'known',
    triggerRoot: 'EventNotification',
    scheduleIds: 'channel',
  },
  /** One indented slot, no url, and a namespace in each slot (seed 003 §1.2). */
  counter: {
    hosts: COUNTER_HOSTS,
    limits: { slots: 1, protocols: ['HTTP'], formats: ['XML'], authentication: ['none'] },
  },
  /** 2.0 of isapi.org, one slot with Extensions/intervalBetweenEvents (isapi.md §8.2). */
  recorder: {
    ...recorder,
    namespace: NAMESPACES.ISAPI_ORG,
    otherFormat: 'notFound',
    hosts: RECORDER_HOSTS,
    fields: [...SLOT_FIELDS, 'Extensions'],
    limits: { slots: 1 },
  },
  /** 1.0 of urn:psialliance-org; a body of version 2.0 empties its slot, and is answered OK (isapi.md §8.2, §8.4). */
  psiaRecorder: {
    ...recorder,
    namespace: NAMESPACES.PSIA,
    otherFormat: 'notFound',
    hosts: PSIA_HOSTS,
    foreignBodies: 'reset',
    limits: { slots: 1, protocols: ['HTTP'], addressing: ['ipaddress'], urlLength: 64 },
  },
  /** Two slots, EHome in the second, with a heartbeat of 1 to 30 s (isapi.md §2.4, §8.2). */
  accessTerminal: {
    ...terminal,
    otherFormat: 'ignored',
    hosts: TERMINAL_HOSTS,
    fields: [...SLOT_FIELDS, 'SubscribeEvent'],
    unknownFields: 'refused',
    beyondLimits: 'badXmlContent',
    limits: { slots: 2, heartbeat: [1, 30] },
  },
  /**
   * Two slots, the first kept for EHome and empty, so that the whole list never comes back; HTTP, addresses and ports
   * from 1024 alone, whatever its capabilities say (wire-notes.md §3).
   */
  strictTerminal: {
    ...terminal,
    hosts: STRICT_TERMINAL_HOSTS,
    fields: SLOT_FIELDS,
    unknownFields: 'refused',
    writing: 'known',
    eHome: 'valid',
    beyondLimits: 'badXmlContent',
    limits: {
      slots: 2,
      protocols: ['HTTP', 'EHome'],
      addressing: ['ipaddress'],
      port: [1024, 65_535],
    },
    claims: { protocols: USUAL_LIMITS.protocols, addressing: USUAL_LIMITS.addressing, port: [1, 65_535] },
  },
  /** Two slots whose elements are all empty while nobody uses them (isapi.md §8.2). */
  doorTerminal: {
    ...terminal,
    hosts: DOOR_HOSTS,
    fields: SLOT_FIELDS,
    writing: 'all',
    deletes: 'resets',
    limits: { slots: 2 },
  },
  /** JSON alone, written as in seed 001 with its slips, and no way to a single slot. */
  jsonDevice: {
    format: 'json',
    hosts: JSON_HOSTS,
    scripts: LIST_ONLY,
    limits: {
      slots: 2,
      url: 'either',
      formats: ['json', 'XML', 'querystring'],
      pictures: ['URL', 'binary'],
      events: ['alarmResult', 'captureResult', 'behaviorResult', 'AIOP_Video'],
    },
  },
  /** Slots come with POST and go with DELETE; there is none at first (isapi.md §8.1). */
  growing: {
    hosts: GROWING_HOSTS,
    adds: 3,
    deletes: 'removes',
  },
} as const satisfies Readonly<Record<string, Partial<Behaviour>>>;
