import { type DeviceBehaviour, USUAL_DEVICE } from './device-behaviour.js';
import { type EventsBehaviour, USUAL_EVENTS } from './events-behaviour.js';
import { cameraHosts } from './factory-hosts.js';
import { type HostsBehaviour, SLOT_FIELDS } from './hosts-behaviour.js';

/** All that can be chosen of a simulated device. */
export interface Behaviour extends DeviceBehaviour, HostsBehaviour, EventsBehaviour {}

/** A camera of today that takes what it is told and keeps it as it came. */
export const USUAL: Behaviour = {
  ...USUAL_DEVICE,
  ...USUAL_EVENTS,
  format: 'xml',
  otherFormat: 'refused',
  namespace: 'version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"',
  hosts: cameraHosts(),
  configured: undefined,
  adds: 0,
  deletes: 'refused',
  fields: [...SLOT_FIELDS, 'httpBroken', 'uploadImagesDataType', 'eventMode', 'EventList', 'ANPR'],
  unknownFields: 'kept',
  writing: 'verbatim',
  keeping: 'always',
  rebootRequired: false,
  emptyElements: 'kept',
  eHome: 'any',
  fewerSlots: 'notSupport',
  foreignBodies: 'read',
  limits: { pictures: ['URL', 'binary'] },
  beyondLimits: 'badParameters',
  claims: {},
  test: 'result',
};

/**
 * Several behaviours in one: of the same property the later one counts, limits and claims are joined, and so are
 * scripts, those of later ones first.
 */
export function behaviourOf(...parts: readonly Partial<Behaviour>[]): Partial<Behaviour> {
  const joined = {
    limits: Object.assign({}, ...limitsOf(parts)) as Behaviour['limits'],
    claims: Object.assign({}, ...parts.map(({ claims }) => claims)) as Behaviour['claims'],
    scripts: [...parts].reverse().flatMap(({ scripts = [] }) => scripts),
  };
  return Object.assign({}, ...parts, joined) as Partial<Behaviour>;
}

/** Where no part has limits of its own, those of the usual camera stand. */
const limitsOf = (parts: readonly Partial<Behaviour>[]) => {
  const own = parts.flatMap(({ limits }) => limits ?? []);
  return own.length > 0 ? own : [USUAL.limits];
};
