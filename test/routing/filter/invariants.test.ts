import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FilterSettings } from '../../../src/routing/filter/rules.js';
import { CAMERAS, Filtering } from './filtering.js';

const SECOND = 1000;

/** One thing that happens to a filter. */
type Step =
  | { readonly do: 'start' | 'pulse' | 'repeat' | 'end'; readonly camera: number; readonly channel: number }
  | { readonly do: 'again'; readonly which: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'arm' | 'disarm' | 'redeploy' | 'restart' };

const place = { camera: fc.nat(1), channel: fc.integer({ min: 1, max: 2 }) };
const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('start' as const, 'pulse' as const), ...place }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('repeat' as const, 'end' as const), ...place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('again' as const), which: fc.nat(200) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('arm' as const, 'disarm' as const, 'redeploy' as const, 'restart' as const),
    }),
  },
);

const SETTINGS: fc.Arbitrary<Partial<FilterSettings>> = fc.record({
  cooldown: fc.constantFrom(0, 10, 60),
  cooldownPer: fc.constantFrom('device+channel+kind', 'device', 'all'),
  channels: fc.constantFrom('', '1'),
  minDuration: fc.constantFrom(0, 0, 5),
  count: fc.constantFrom(1, 1, 2),
  within: fc.constantFrom(10, 30),
  summary: fc.boolean(),
});

/** What a camera said, as a person with a notebook would write it down. */
interface Said {
  readonly id: string;
  readonly state: 'active' | 'inactive' | 'pulse';
  readonly episode: string;
  readonly key: string;
  readonly camera: number;
  readonly channel: number;
  readonly at: number;
  readonly correlationId: string | undefined;
}

/** Cameras that say things to a filter, and a notebook of both. It knows nothing of how the filter does it. */
class Notebook {
  readonly trial: Filtering;
  readonly settings: Partial<FilterSettings>;
  readonly said: Said[] = [];
  /** Decisions by id, in the order they came out. */
  readonly decided = new Map<string, string[]>();
  readonly sentAt: { readonly key: string; readonly at: number; readonly first: boolean }[] = [];
  readonly summaries: number[] = [];
  readonly #paired: boolean;
  readonly #open = new Map<string, string>();
  restarted = false;
  /** Counters begin anew with each filter. */
  renewed = false;

  constructor(settings: Partial<FilterSettings>, paired: boolean) {
    this.settings = settings;
    this.trial = new Filtering(settings);
    this.#paired = paired;
  }

  do(step: Step): void {
    switch (step.do) {
      case 'start':
      case 'repeat':
        this.#start(step.camera, step.channel);
        break;
      case 'pulse':
        this.#say('pulse', step.camera, step.channel, '', undefined);
        break;
      case 'end':
        this.#end(step.camera, step.channel);
        break;
      case 'again':
        this.#again(this.said[step.which % Math.max(1, this.said.length)]);
        break;
      case 'wait':
        this.trial.clock.pass(step.seconds * SECOND);
        break;
      case 'redeploy':
        this.renewed = true;
        this.trial.restart(this.settings);
        break;
      case 'restart':
        this.restarted = true;
        this.renewed = true;
        this.#open.clear();
        this.trial.restart(this.settings, JSON.parse(JSON.stringify(this.trial.memory)));
        break;
      default:
        this.trial.filter.arm(step.do === 'arm');
    }
    this.#read();
  }

  #start(camera: number, channel: number): void {
    const where = `${camera} ${channel}`;
    const open = this.#open.get(where);
    // With pairing, an alarm that goes on is not told again.
    if (this.#paired && open !== undefined) return;
    const id = `event ${this.said.length + 1}`;
    const episode = open ?? id;
    this.#open.set(where, episode);
    this.#say('active', camera, channel, episode, this.#paired ? id : undefined);
  }

  #end(camera: number, channel: number): void {
    const where = `${camera} ${channel}`;
    const open = this.#open.get(where);
    if (open === undefined) return;
    this.#open.delete(where);
    this.#say('inactive', camera, channel, open, this.#paired ? open : undefined);
  }

  #say(
    state: Said['state'],
    camera: number,
    channel: number,
    episode: string,
    correlationId: string | undefined,
  ): void {
    const per = this.settings.cooldownPer ?? '';
    const key = per === 'all' ? '' : per === 'device' ? `${camera}` : `${camera} ${channel}`;
    const id = `event ${this.said.length + 1}`;
    const said = { id, state, episode, key, camera, channel, at: this.trial.clock.now(), correlationId };
    this.said.push(said);
    this.#give(said, false);
  }

  #again(said: Said | undefined): void {
    if (said !== undefined) this.#give(said, true);
  }

  #give({ id, state, camera, channel, at, correlationId }: Said, redelivered: boolean): void {
    this.trial.say({
      id,
      state,
      device: { id: CAMERAS[camera] ?? '' },
      channel,
      channelRaw: `CH${channel}`,
      receivedAt: new Date(at).toISOString(),
      ...(correlationId !== undefined && { correlationId }),
      ...(redelivered && { redelivered: true as const }),
    });
  }

  #read(): void {
    for (const { id, held, summary } of this.trial.out.splice(0)) {
      if (summary?.summary !== undefined) {
        this.summaries.push(summary.summary.count);
        const said = this.said.find(
          ({ camera, channel }) => CAMERAS[camera] === summary.device.id && channel === summary.channel,
        );
        this.sentAt.push({ key: said?.key ?? '', at: Date.parse(summary.receivedAt), first: true });
        continue;
      }
      const decisions = this.decided.get(id ?? '') ?? [];
      this.decided.set(id ?? '', [...decisions, held ?? 'passed']);
      const said = this.said.find((each) => each.id === id);
      if (held === undefined && said !== undefined && said.state !== 'inactive')
        this.sentAt.push({ key: said.key, at: said.at, first: decisions.length === 0 });
    }
  }

  passed(id: string): boolean {
    return this.decided.get(id)?.[0] === 'passed';
  }
}

function run(steps: readonly Step[], settings: Partial<FilterSettings>, paired: boolean): Notebook {
  const notebook = new Notebook(settings, paired);
  for (const step of steps) notebook.do(step);
  return notebook;
}

/** @param calm without restarts of Node-RED, which cost what is held and what was decided */
function property(name: string, check: (notebook: Notebook) => void, calm = false): void {
  it(name, () => {
    const steps = calm ? STEP.filter((step) => step.do !== 'restart') : STEP;
    fc.assert(
      fc.property(
        fc.array(steps, { maxLength: 120, size: 'max' }),
        SETTINGS,
        fc.boolean(),
        (all, settings, paired) => check(run(all, settings, paired)),
      ),
      { numRuns: 1_000, seed: 20_261_122 },
    );
  });
}

describe('whatever cameras say and people do, a filter', () => {
  property(
    'passes the end of an alarm exactly when a start of it was passed',
    (notebook) => {
      const { said } = notebook;
      for (const end of said.filter(({ state }) => state === 'inactive')) {
        const decision = notebook.decided.get(end.id)?.[0];
        const starts = said.filter(({ state, episode }) => state === 'active' && episode === end.episode);
        assert.equal(
          decision === 'passed',
          starts.some(({ id }) => notebook.passed(id)),
          `${end.id}: ${decision}`,
        );
      }
    },
    true,
  );

  property(
    'sends no two alarms of a key within the cool-down',
    ({ sentAt, settings: { cooldown = 0 }, restarted }) => {
      const last = new Map<string, number>();
      for (const { key, at, first } of sentAt) {
        if (!first || restarted) continue;
        const before = last.get(key);
        if (before !== undefined)
          assert.ok(Math.abs(at - before) >= cooldown * SECOND, `${key}: ${at - before} ms`);
        last.set(key, Math.max(before ?? 0, at));
      }
    },
  );

  property(
    'decides about each alarm, and the same whenever it comes again',
    ({ said, decided, trial }) => {
      const waiting = new Set([...trial.memory.held.values()].map(({ item }) => item.message));
      for (const { id } of said) {
        const decisions = decided.get(id) ?? [];
        assert.equal(decisions.length === 0, waiting.has(id), id);
        assert.ok(new Set(decisions).size <= 1, `${id}: ${decisions.join(' ')}`);
      }
    },
    true,
  );

  property('counts all that it passed and held back', ({ decided, trial, renewed }) => {
    const { passed, suppressed } = trial.filter;
    if (!renewed) assert.equal(passed + suppressed, [...decided.values()].flat().length);
  });

  property(
    'sums up no more than what the cool-down held back, and nothing twice',
    ({ decided, summaries, settings, trial }) => {
      const cooled = [...decided.values()].filter(([first]) => first === 'cooldown').length;
      const told = summaries.reduce((sum, count) => sum + count, 0);
      const waiting = [...trial.memory.storms.values()].reduce((sum, { count }) => sum + count, 0);
      assert.ok(told + waiting <= cooled, `${told} + ${waiting} of ${cooled}`);
      if (settings.summary !== true) assert.equal(told, 0);
    },
    true,
  );

  property(
    'holds back what is not asked for, and all but ends while disarmed',
    ({ said, decided, settings }) => {
      for (const { id, channel, state } of said)
        if (settings.channels === '1' && channel !== 1 && state !== 'inactive')
          assert.equal(decided.get(id)?.[0], 'channel');
    },
    true,
  );
});
