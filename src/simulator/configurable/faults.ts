import type { Behaviour } from './behaviour.js';
import { cameraHosts } from './factory-hosts.js';
import { USUAL_LIMITS } from './hosts-behaviour.js';
import type { Script, ScriptedAnswer } from './scripts.js';

const HOSTS = '/ISAPI/Event/notification/httpHosts';

const TRIGGERS = '/ISAPI/Event/triggers';

const answers = (on: string, answer: ScriptedAnswer, more: Partial<Script> = {}): Partial<Behaviour> => ({
  scripts: [{ on, answer, ...more }],
});

/** What goes wrong with httpHosts and linkage: each may be laid over any generation with {@link behaviourOf}. */
export const FAULTS = {
  /** The list cannot be written, single slots can (isapi.md §8.4, wire-notes.md §3). */
  listPutRefused: answers(`PUT ${HOSTS}`, { kind: 'refusal', word: 'notSupport' }),
  /** A list is refused as wrong content, as the one with an empty EHome slot is (wire-notes.md §3). */
  listPutBadContent: answers(`PUT ${HOSTS}`, { kind: 'refusal', word: 'badXmlContent' }),
  /** A list with fewer slots than the device has is refused in other words (isapi.md §8.4). */
  fewerSlotsBadContent: { fewerSlots: 'badXmlContent' },
  /** Single slots are not there at all: 404 and no ResponseStatus. */
  singleNotFound: answers(`* ${HOSTS}/*`, { kind: 'bare', status: 404 }),
  /** Single slots can be read and not written: 4/notSupport (isapi.md §11.1). */
  singlePutRefused: answers(`PUT ${HOSTS}/*`, { kind: 'refusal', word: 'notSupport' }),
  /** The same with 405 and 4/methodNotAllowed (isapi.md §11.1). */
  singlePutNotAllowed: answers(`PUT ${HOSTS}/*`, { kind: 'refusal', word: 'methodNotAllowed' }),
  /** Capabilities are refused although GET and PUT work (isapi.md §8.7). */
  capabilitiesForbidden: answers(`GET ${HOSTS}/capabilities`, { kind: 'refusal', word: 'lowPrivilege' }),
  /** Capabilities that say `true` and nothing else (isapi.md §8.7). */
  capabilitiesTrue: answers(`GET ${HOSTS}/capabilities`, {
    kind: 'document',
    text: '<?xml version="1.0" encoding="UTF-8"?>\n<HttpHostNotificationCap>true</HttpHostNotificationCap>\n',
  }),
  /** Capabilities as printed in seed 003: one element is closed twice. */
  capabilitiesBroken: answers(`GET ${HOSTS}/capabilities`, {
    kind: 'document',
    text: '<?xml version="1.0" encoding="UTF-8"?>\n<HttpHostNotificationCap version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\n<hostNumber>3</hostNumber>\n<curlen min="0" max="128"/>\n<protocolType opt="HTTP"></protocolType>\n<parameterFormatType opt="XML"/></parameterFormatType>\n<portNo min="1" max="65535"/>\n</HttpHostNotificationCap>\n',
  }),
  /** A question for JSON is answered with 404 (seed 001, tables 1 and 2). */
  jsonNotFound: { otherFormat: 'notFound' },
  /** A question for JSON is answered in XML. */
  jsonIgnored: { otherFormat: 'ignored' },
  /** `/test` is not there: 500 (isapi.md §8.6). */
  testError: answers(`POST ${HOSTS}/*/test`, { kind: 'bare', status: 500 }),
  /** `/test` is not allowed: 403 (isapi.md §8.6). */
  testForbidden: answers(`POST ${HOSTS}/*/test`, { kind: 'refusal', word: 'notSupport' }),
  /** `/test` says 151 wherever it is told to connect to (isapi.md §8.6). */
  testFails: { test: 'always fails' },
  /** A test that fails is answered as ResponseStatus, 6/connectSreverFail (isapi.md §11.1). */
  testFailsAsStatus: { test: 'status' },
  /** HTTPS is refused though capabilities offer it (wire-notes.md §3). */
  httpsRefused: {
    limits: { protocols: ['HTTP', 'EHome'] },
    claims: { protocols: USUAL_LIMITS.protocols },
    beyondLimits: 'badXmlContent',
  },
  /** Host names are refused though capabilities offer them (wire-notes.md §3). */
  hostNameRefused: {
    limits: { addressing: ['ipaddress'] },
    claims: { addressing: USUAL_LIMITS.addressing },
    beyondLimits: 'badXmlContent',
  },
  /** Ports below 1024 are refused though capabilities offer them (wire-notes.md §3). */
  lowPortRefused: {
    limits: { port: [1024, 65_535] },
    claims: { port: [1, 65_535] },
    beyondLimits: 'badXmlContent',
  },
  /** No url of more than 16 characters, which capabilities say (isapi.md §8.3). */
  urlShort: { limits: { urlLength: 16 } },
  /** The same without a word of it in the capabilities. */
  urlShortUnsaid: { limits: { urlLength: 16 }, claims: { urlLength: 128 } },
  /** Nothing but whole addresses as url (isapi.md §8.3). */
  urlAbsolute: { limits: { url: 'absolute' } },
  /** Stored, and in force after a reboot (isapi.md §8.5). */
  rebootRequired: { rebootRequired: true },
  /** Says OK and stores nothing (isapi.md §8.5). */
  storesNothing: { keeping: 'never' },
  /** Forgets what it stored at its next start (isapi.md §3.8). */
  forgets: { keeping: 'until reboot' },
  /** Elements without text that come back are refused with 6/badParameters (isapi.md §8.4). */
  emptyRefused: { emptyElements: 'refused', writing: 'all' },
  /** A heartbeat that is not from 1 to 30 s is refused (isapi.md §8.4). */
  heartbeatNarrow: {
    limits: { heartbeat: [1, 30] },
    beyondLimits: 'badXmlContent',
  },
  /** All slots of a camera belong to other servers, which must not be touched. */
  allSlotsTaken: {
    configured: cameraHosts([
      { address: '203.0.113.31', port: 8000, url: '/alarms' },
      { address: '203.0.113.32', port: 443, url: '/in', protocol: 'HTTPS' },
      { address: '203.0.113.33', port: 9000, url: '/events?source=7', format: 'JSON' },
    ]),
  },
  /** The login page with 200, as another program at that port or a lost session gives. */
  loginPage: answers(`GET ${HOSTS}`, { kind: 'page' }),
  /** The answer breaks off in the middle. */
  truncated: answers(`GET ${HOSTS}`, { kind: 'truncated' }),
  /** A document nobody asked for, with 200. */
  otherRoot: answers(`GET ${HOSTS}`, { kind: 'root' }),
  /** Every answer to a GET hangs. */
  hangs: answers(`GET ${HOSTS}`, { kind: 'hang', done: false }),
  /** What is written is stored, and the answer hangs. */
  writesAndHangs: answers(`PUT ${HOSTS}/**`, { kind: 'hang', done: true }),
  /** Busy with something else, once: 503 and 2/deviceBusy (isapi.md §11.1). */
  busyOnce: answers('* /ISAPI/Event/**', { kind: 'refusal', word: 'deviceBusy' }, { times: 1 }),
  /** Writing fails with 3/deviceError (isapi.md §11.1). */
  writingFails: answers(`PUT ${HOSTS}/**`, { kind: 'refusal', word: 'deviceError' }),
  /** The list of triggers is 500, single ones work (isapi.md §9.3). */
  triggerListFails: answers(`GET ${TRIGGERS}`, { kind: 'bare', status: 500 }),
  /** What a trigger sets off is only written with the whole trigger. */
  notificationsRefused: answers(`* ${TRIGGERS}/*/notifications`, { kind: 'refusal', word: 'notSupport' }),
  /** How often a notification is repeated is refused wherever it is said, as recorders do (isapi.md §9.2). */
  recurrenceRefused: { recurrence: 'refused' },
  /** Triggers are read and not written. */
  triggerPutRefused: answers(`PUT ${TRIGGERS}/**`, { kind: 'refusal', word: 'notSupport' }),
  /** A trigger that is not there is 4/invalidID. */
  missingTriggerSaid: { missingTrigger: 'invalidID' },
  /** All streams are taken: 404 with deployExceedMax (isapi.md §1.9). */
  streamRefused: answers('GET /ISAPI/Event/notification/alertStream', {
    kind: 'refusal',
    word: 'deployExceedMax',
  }),
} as const satisfies Readonly<Record<string, Partial<Behaviour>>>;
