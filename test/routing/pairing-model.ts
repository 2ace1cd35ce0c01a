import { CAMERA, END_AFTER, START } from './paired.js';

/** One thing that happens to a pairing. Places, types and regions are few, so that they meet often. */
export type Step =
  | { readonly what: 'wait'; readonly milliseconds: number }
  | {
      readonly what: 'sign';
      readonly sign: 'online' | 'offline' | 'stale' | 'heartbeat';
      readonly device: string;
    }
  | Spoken;

export interface Spoken {
  readonly what: 'event';
  readonly state: 'active' | 'inactive' | 'pulse';
  readonly device: string;
  readonly channel: number;
  readonly type: string;
  readonly regions: readonly string[];
  readonly history: boolean;
}

export const DEVICES = [CAMERA, '192.0.2.23', '192.0.2.22'] as const;
export const CHANNELS = [0, 1, 2] as const;
export const TYPES = ['VMD', 'vmd', 'fielddetection', 'IO'] as const;
export const REGIONS: readonly (readonly string[])[] = [
  [],
  [],
  ['1'],
  ['1'],
  ['2'],
  ['1', '2'],
  ['2', '3', '2'],
  ['3', '2', '1'],
  [''],
  ['', '1'],
];

interface Open {
  /** Number of the step that began it. */
  readonly step: number;
  readonly at: number;
  readonly like: Spoken;
  readonly began: readonly string[];
  left: string[];
  heard: number;
  /** As `heard`, but not put off by the device coming back. */
  said: number;
  /** The device was away since then. */
  doubt: boolean;
  times: number;
}

/**
 * What a pairing has to tell at each step, in the words of `brief`. Written
 * anew from what is said about it, slow and without timers: of each open alarm it keeps when it was last heard of.
 * Ids are those of the steps.
 */
export function expected(steps: readonly Step[], byTime: boolean): string[][] {
  let now = START;
  let open: Open[] = [];
  const away = new Set<string>();

  const close = (alarm: Open, by: string, at: number) => {
    open = open.filter((other) => other !== alarm);
    return `end of ${alarm.step} by ${by}: ${alarm.times} in ${Math.round((at - alarm.at) / 1000)} s`;
  };
  const pass = (until: number) => {
    const over = open.filter(
      ({ like, heard }) => byTime && !away.has(like.device) && heard + END_AFTER <= until,
    );
    now = until;
    return over.map((alarm) => close(alarm, 'time', alarm.heard + END_AFTER));
  };
  const isBack = (device: string) => {
    if (!away.delete(device)) return;
    for (const alarm of open) if (alarm.like.device === device) alarm.heard = now;
  };
  const leave = (device: string) => {
    if (away.has(device)) return;
    away.add(device);
    for (const alarm of open) if (alarm.like.device === device) alarm.doubt = true;
  };
  const near = (said: Spoken) =>
    open.filter(
      ({ like }) =>
        like.device === said.device &&
        like.channel === said.channel &&
        like.type.toLowerCase() === said.type.toLowerCase(),
    );

  const hear = (said: Spoken, step: number): string[] => {
    isBack(said.device);
    if (said.state === 'pulse' || said.history) return [`${said.state} ${step}`];
    const anywhere = said.regions.every((region) => region === '');
    if (said.state === 'inactive') {
      const closed: Open[] = [];
      for (const alarm of near(said)) {
        const left = anywhere
          ? []
          : alarm.left.filter((region) => region !== '' && !said.regions.includes(region));
        if (left.length < alarm.left.length && left.length === 0) closed.push(alarm);
        alarm.left = left;
      }
      return closed.map((alarm) => close(alarm, 'device', now));
    }
    const doubtful = near(said).filter((alarm) => alarm.doubt && now - alarm.said > END_AFTER);
    const over = doubtful.map((alarm) => close(alarm, 'time', now));
    const regions = said.regions.length === 0 ? [''] : [...new Set(said.regions)];
    const known = near(said);
    const fresh = new Set(regions);
    for (const alarm of known) {
      const isOf = (region: string) =>
        region === '' || alarm.left.includes('') || alarm.began.includes(region);
      const mine = regions.filter(isOf);
      if (mine.length === 0) continue;
      for (const region of mine) fresh.delete(region);
      alarm.times++;
      alarm.heard = now;
      alarm.said = now;
      alarm.doubt = false;
      alarm.left = alarm.began.filter((region) => alarm.left.includes(region) || regions.includes(region));
    }
    if (fresh.size === 0) return over;
    const began = [...fresh];
    const heard = { heard: now, said: now, doubt: false };
    open.push({ step, at: now, like: said, began, left: [...began], ...heard, times: 1 });
    const named = said.regions.filter((region) => fresh.has(region));
    return [...over, `start ${step} [${named.join(',')}]`];
  };

  return steps.map((each, step) => {
    if (each.what === 'wait') return pass(now + each.milliseconds);
    if (each.what === 'event') return hear(each, step);
    if (each.sign === 'online') isBack(each.device);
    else if (each.sign !== 'heartbeat') leave(each.device);
    return [];
  });
}
