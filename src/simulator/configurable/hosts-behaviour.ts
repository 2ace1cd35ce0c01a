import type { Word } from './response-status.js';

/** What a firmware takes in a slot, and what its capabilities say of it. */
export interface HostLimits {
  /** `hostNumber` of the capabilities. */
  readonly slots: number;
  /** Characters of `url`: 64 to 128 (isapi.md §8.3). */
  readonly urlLength: number;
  /** An address of a whole (`http://…`) is wanted, or a path; devices differ (isapi.md §8.3). */
  readonly url: 'path' | 'absolute' | 'either';
  readonly protocols: readonly string[];
  readonly formats: readonly string[];
  /** `hostname` is one of two (isapi.md §8.3). */
  readonly addressing: readonly string[];
  /** Least and greatest port. DS-K1A8503MF takes none below 1024 (wire-notes.md §3). */
  readonly port: readonly [least: number, most: number];
  /** `none`, `MD5digest`, `basic`, `base64` (isapi.md §8.3). */
  readonly authentication: readonly string[];
  /** Seconds of `SubscribeEvent/heartbeat`; undefined where it is not known (wire-notes.md §3). */
  readonly heartbeat?: readonly [least: number, most: number];
  /** `uploadImagesDataType`, which only cameras declare (wire-notes.md §3). */
  readonly pictures?: readonly string[];
  /** `eventType`, on devices that name the events of a slot in one text (seed 001). */
  readonly events?: readonly string[];
}

/** How a device keeps its httpHosts (isapi.md §8, wire-notes.md §3). */
export interface HostsBehaviour {
  /** The only language it speaks there; which one is found out by trying both (seed 001, tables 1 and 2). */
  format: 'xml' | 'json';
  /** A request for the other language is answered in its own, with 4/notSupport, or with 404 (isapi.md §8.1). */
  otherFormat: 'ignored' | 'refused' | 'notFound';
  /** Attributes of the roots of its documents: four generations and several brands (isapi.md §4, §8.2). */
  namespace: string;
  /** The list as it left the factory; undefined for a device without listening (isapi.md §8.7). */
  hosts: string | undefined;
  /** The list as somebody left it, when that is another one. It goes with a reset. */
  configured: string | undefined;
  /** So many slots can be added with POST; 0 on those with fixed slots, which answer badParameters (isapi.md §8.4). */
  adds: number;
  /** DELETE of a slot: back to the factory, out of the list, or 4/notSupport (isapi.md §8.1). */
  deletes: 'resets' | 'removes' | 'refused';
  /** Elements of a slot that it knows, in its order. */
  fields: readonly string[];
  /** Terminals refuse what they do not know, such as uploadImagesDataType (wire-notes.md §3). */
  unknownFields: 'kept' | 'refused';
  /**
   * Kept as it came, byte by byte; or written anew with the fields it knows in its order, and either those that came or
   * also those of the factory, empty where nothing came. Only a re-read says what was stored (isapi.md §8.5).
   */
  writing: 'verbatim' | 'known' | 'all';
  /** Says that it stored and did not, linkage too (isapi.md §8.5), or forgets its hosts at its next start (isapi.md §3.8). */
  keeping: 'always' | 'until reboot' | 'never';
  /** What is stored is answered with 7/rebootRequired (isapi.md §8.5). */
  rebootRequired: boolean;
  /** Elements without text that come back with a PUT are refused with 6/badParameters (isapi.md §8.4). */
  emptyElements: 'kept' | 'refused';
  /** An EHome slot in a PUT needs an address and a port, also where the device left it empty (wire-notes.md §3). */
  eHome: 'any' | 'valid';
  /** A list with fewer slots than the device has is refused so (isapi.md §8.4). */
  fewerSlots: Word;
  /** A body of version 2.0 sent to a 1.0 recorder puts the host back to 0.0.0.0:80, and is answered OK (isapi.md §8.4). */
  foreignBodies: 'read' | 'reset';
  /** What is left out is as in {@link USUAL_LIMITS}. */
  limits: Partial<HostLimits>;
  /** The word for a value beyond the limits: badParameters, or badXmlContent (isapi.md §8.4). */
  beyondLimits: Word;
  /** Its capabilities promise more than it takes (wire-notes.md §3). */
  claims: Partial<HostLimits>;
  /**
   * `/test` opens a connection and says so as HttpHostTestResult, or a failure as ResponseStatus; or says one of both
   * without trying (isapi.md §8.6).
   */
  test: 'result' | 'status' | 'always ok' | 'always fails';
}

/** Fields of a slot in the order of seed 003, with those that cameras and terminals add (isapi.md §8.3). */
export const SLOT_FIELDS: readonly string[] = [
  'id',
  'url',
  'protocolType',
  'parameterFormatType',
  'addressingFormatType',
  'hostName',
  'ipAddress',
  'ipv6Address',
  'portNo',
  'userName',
  'httpAuthenticationMethod',
];

export const USUAL_LIMITS: HostLimits = {
  slots: 3,
  urlLength: 128,
  url: 'path',
  protocols: ['HTTP', 'HTTPS', 'EHome'],
  formats: ['XML', 'JSON', 'querystring'],
  addressing: ['ipaddress', 'hostname'],
  port: [1, 65_535],
  authentication: ['none', 'MD5digest', 'base64'],
};
