import type { AlarmEvent, AlarmKind, AlarmSeverity } from '../../event.js';
import { SEVERITIES, severityOf } from '../../severity.js';
import { readMac } from '../../wire/mac.js';

/** Which alarms are wanted, as comma lists; an empty one wants all. */
export interface Wanted {
  readonly kinds: string;
  /** Ids, MAC addresses in any writing, names or addresses. */
  readonly devices: string;
  /** Numbers, spans such as `1-4`, or names. */
  readonly channels: string;
  /** Ids or names. */
  readonly regions: string;
  readonly targets: string;
  /** At least; empty for all. */
  readonly severity: string;
}

/** Which of the conditions an alarm does not meet. */
export type Missed = 'kind' | 'device' | 'channel' | 'region' | 'target' | 'severity';

/** What is seen in kinds that name no target. */
const SEEN: Partial<Record<AlarmKind, string>> = {
  person: 'human',
  face: 'human',
  vehicle: 'vehicle',
  plate: 'vehicle',
};

type Test = (event: AlarmEvent) => boolean;

/** Compares alarms with what is wanted. @returns the first condition an alarm misses; undefined when it meets all */
export function conditions(wanted: Wanted): (event: AlarmEvent) => Missed | undefined {
  const tests: [Missed, Test][] = [
    ['kind', anyOf(wanted.kinds, ({ kind }) => [kind])],
    ['device', anyOf(wanted.devices, namesOf, (name) => readMac(name) ?? name)],
    ['channel', channelTest(wanted.channels)],
    ['region', anyOf(wanted.regions, ({ regions }) => regions.flatMap(({ id, name }) => [id, name]))],
    ['target', anyOf(wanted.targets, targetsOf)],
    ['severity', severityTest(wanted.severity)],
  ];
  return (event) => tests.find(([, test]) => !test(event))?.[0];
}

/** The entries of a comma list. */
export function listed(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
}

function anyOf(
  list: string,
  valuesOf: (event: AlarmEvent) => readonly (string | undefined)[],
  as: (entry: string) => string = (entry) => entry,
): Test {
  const entries = new Set(listed(list).flatMap((entry) => [entry, as(entry)]));
  if (entries.size === 0) return () => true;
  return (event) =>
    valuesOf(event).some((value) => value !== undefined && entries.has(value.trim().toLowerCase()));
}

const namesOf = ({ device: { id, mac, name, serial, address } }: AlarmEvent) => [
  id,
  mac,
  name,
  serial,
  address,
];

function targetsOf({ kind, targets }: AlarmEvent): string[] {
  const seen = SEEN[kind];
  return seen === undefined ? [...targets] : [...targets, seen];
}

function channelTest(list: string): Test {
  const spans = listed(list).flatMap((entry) => {
    const [, from, to = from] = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(entry) ?? [];
    return from === undefined ? [] : [[Number(from), Number(to)] as const];
  });
  const named = anyOf(list, ({ channelName, channelRaw }) => [channelName, channelRaw]);
  return (event) => {
    const { channel } = event;
    return (
      named(event) || (channel !== undefined && spans.some(([from, to]) => from <= channel && channel <= to))
    );
  };
}

function severityTest(least: string): Test {
  const from = SEVERITIES.indexOf(least.trim().toLowerCase() as AlarmSeverity);
  // One kept by an earlier version has none.
  return (event) => SEVERITIES.indexOf(event.severity ?? severityOf(event)) >= from;
}
