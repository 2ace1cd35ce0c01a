import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { FilterSettings } from '../../../src/routing/filter/rules.js';
import { objections, schemas } from '../../support/fixtures.js';
import { Model, type Rules, type Spoken } from './filter-model.js';
import { CAMERAS, Filtering, OPEN } from './filtering.js';

const SECOND = 1000;
const SCHEMA = schemas().alarm;
/** Nothing is forgotten for lack of room: the model has room for all. */
const ROOM = { filterSent: 10_000, filterHeld: 10_000, filterStorms: 10_000 };

/** Storms take more steps than the few that are usual. */
const LONG = { maxLength: 80, size: 'max' } as const;

type Words = Omit<Spoken, 'id' | 'at' | 'correlationId'>;

type Step =
  | {
      readonly do: 'say';
      readonly words: Words;
      /** Whether it bears the mark of a pairing; an end that of some start before. */
      readonly paired: boolean;
      readonly of: number;
      /** Seconds since it came first. */
      readonly lag: number;
    }
  | { readonly do: 'again'; readonly which: number; readonly redelivered: boolean }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'arm' | 'disarm' | 'redeploy' | 'restart' };

const words: fc.Arbitrary<Words> = fc.record(
  {
    state: fc.constantFrom('active', 'active', 'inactive', 'inactive', 'pulse'),
    device: fc.constantFrom(...CAMERAS),
    channel: fc.constantFrom(1, 1, 2),
    kind: fc.constantFrom('motion', 'line-crossing', 'line-crossing'),
    regions: fc.constantFrom([], [], ['1'], ['2'], ['1', '2']),
    redelivered: fc.constant(true as const),
  },
  { requiredKeys: ['state', 'device', 'channel', 'kind', 'regions'] },
);
/** Of one camera, so that much happens at one place. */
const nearWords = words.map(
  (said): Words => ({ ...said, device: CAMERAS[0], channel: 1, kind: 'line-crossing' }),
);
const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      words: fc.oneof({ weight: 1, arbitrary: words }, { weight: 2, arbitrary: nearWords }),
      paired: fc.boolean(),
      of: fc.nat(50),
      lag: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.constantFrom(3, 9, 10, 58, 61, 300, 600) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('again' as const), which: fc.nat(50), redelivered: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      milliseconds: fc.oneof(
        fc.constantFrom(1, SECOND, 4_999, 5_000, 10_000, 59_999, 60_000),
        fc.integer({ min: 1, max: 70_000 }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('disarm' as const, 'redeploy' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('arm' as const, 'restart' as const) }) },
);

const RULES: fc.Arbitrary<Rules> = fc.record({
  kinds: fc.constantFrom('', '', 'line-crossing'),
  channels: fc.constantFrom('', '', '1'),
  states: fc.constantFrom('', '', '', 'active', 'inactive', 'active,pulse'),
  cooldown: fc.constantFrom(0, 10, 60, 60),
  cooldownPer: fc.constantFrom('device+channel+kind', 'device+channel', 'device', 'kind', 'all'),
  count: fc.constantFrom(1, 1, 2, 3),
  within: fc.constantFrom(10, 60),
  minDuration: fc.constantFrom(0, 0, 5),
  summary: fc.constantFrom(true, true, false),
});

/** A filter and its model, told the same. */
class Play {
  readonly trial: Filtering;
  readonly model: Model;
  readonly rules: Partial<FilterSettings>;
  /** What was given, but the same alarm once more while it is held: that one takes its place. */
  given = 0;
  readonly said: Spoken[] = [];
  /** What came out, in words. */
  readonly heard: string[] = [];
  counted = 0;
  /** Starts, pulses and summaries that went out for the first time, and when that counts as. */
  readonly sent: { readonly key: string; readonly at: number }[] = [];
  /** When alarms were given to the filter for the first time, by their id. */
  readonly #givenAt = new Map<string, number>();

  constructor(rules: Rules) {
    this.rules = rules;
    this.trial = new Filtering({ ...OPEN, ...rules }, ROOM);
    this.model = new Model(rules, this.trial.clock.now());
  }

  do(step: Step): void {
    if (step.do === 'say') this.#say(step);
    else if (step.do === 'again') this.#again(step);
    else if (step.do === 'wait') {
      this.trial.clock.pass(step.milliseconds);
      this.model.wait(step.milliseconds);
    } else if (step.do === 'redeploy' || step.do === 'restart') this.#redeploy(step.do === 'restart');
    else {
      this.model.armed = step.do === 'arm';
      this.trial.filter.arm(step.do === 'arm');
    }
    this.#listen();
  }

  #say({ words: { regions, ...said }, paired, of, lag }: Step & { do: 'say' }): void {
    const id = `event ${this.said.length + 1}`;
    const starts = this.said.filter(({ state }) => state === 'active');
    const mark = said.state === 'inactive' ? starts[of % Math.max(1, starts.length)]?.correlationId : id;
    this.said.push({
      ...said,
      id,
      regions,
      at: this.trial.clock.now() - lag * SECOND,
      ...(paired && mark !== undefined && said.state !== 'pulse' && { correlationId: mark }),
    });
    this.#give(this.said.at(-1) as Spoken);
  }

  #again({ which, redelivered }: Step & { do: 'again' }): void {
    const said = this.said[which % Math.max(1, this.said.length)];
    if (said !== undefined) this.#give({ ...said, ...(redelivered && { redelivered }) });
  }

  #give(said: Spoken): void {
    const { held, decisions } = this.trial.memory;
    if (!held.has(said.id)) this.given++;
    if (!held.has(said.id) && decisions.get(said.id) === undefined)
      this.#givenAt.set(said.id, this.trial.clock.now());
    const { device, at, regions, ...rest } = said;
    this.trial.say({
      ...rest,
      device: { id: device },
      channelRaw: `CH${said.channel}`,
      regions: regions.map((id) => ({ id })),
      receivedAt: new Date(at).toISOString(),
    });
    this.model.take(said);
  }

  /** A start that has to last goes out later than it came. */
  #sentAt({ id, state, at }: Spoken, now: number): number {
    const { minDuration } = this.model.rules;
    if (state === 'pulse' || minDuration === 0) return at;
    return at + Math.max(minDuration * SECOND, now - (this.#givenAt.get(id) ?? now));
  }

  /** A restart costs what is held: it comes again where the flow confirms alarms. */
  #redeploy(restarts: boolean): void {
    const { passed, suppressed } = this.trial.filter;
    this.counted += passed + suppressed;
    if (restarts) this.given -= this.trial.memory.held.size;
    const kept = restarts ? JSON.parse(JSON.stringify(this.trial.memory)) : undefined;
    this.trial.restart({ ...OPEN, ...this.rules }, kept);
    this.model.redeploy(restarts);
  }

  #listen(): void {
    for (const { id, held, summary, at: now } of this.trial.out.splice(0)) {
      if (summary === undefined) {
        const line = `${id} ${held ?? 'passed'}`;
        const said = this.said.find((each) => each.id === id);
        const isFirst = !this.heard.includes(line);
        if (held === undefined && isFirst && said !== undefined && said.state !== 'inactive')
          this.sent.push({ key: this.model.keyOf(said), at: this.#sentAt(said, now) });
        this.heard.push(line);
      } else {
        assert.equal(objections(SCHEMA, summary), '');
        const { device, channel = 0, kind } = summary;
        this.sent.push({ key: this.model.keyOf({ device: device.id, channel, kind }), at: now });
        const { count, from, to } = summary.summary ?? assert.fail('no summary');
        this.heard.push(`summary of ${count}, ${Date.parse(from)} to ${Date.parse(to)}`);
      }
    }
  }
}

function play(steps: readonly Step[], rules: Rules): Play {
  const one = new Play(rules);
  for (const step of steps) one.do(step);
  return one;
}

function property(name: string, check: (play: Play) => void): void {
  it(name, () => {
    fc.assert(
      fc.property(fc.array(STEP, LONG), RULES, (steps, rules) => check(play(steps, rules))),
      { numRuns: 1_000 },
    );
  });
}

describe('whatever is said, and however late it comes, a filter', () => {
  property('decides as its promises say', ({ heard, model }) => {
    assert.deepEqual(heard, model.words);
  });

  property('leaves nothing uncounted: passed, held back or waiting', ({ trial, counted, given }) => {
    const { passed, suppressed } = trial.filter;
    assert.equal(counted + passed + suppressed + trial.memory.held.size, given);
  });

  property('decides about the same alarm as before', ({ heard }) => {
    const decided = new Map<string, string>();
    for (const said of heard) {
      const [, id, decision = ''] = /^(event \d+) (.*)$/.exec(said) ?? [];
      if (id === undefined) continue;
      assert.equal(decided.get(id) ?? decision, decision, id);
      decided.set(id, decision);
    }
  });

  property('sends nothing of a key twice within a cool-down, summaries among it', ({ sent, model }) => {
    for (const [index, one] of sent.entries())
      for (const other of sent.slice(0, index))
        if (one.key === other.key)
          assert.ok(Math.abs(one.at - other.at) >= model.rules.cooldown * SECOND, `${one.key} at ${one.at}`);
  });

  property('passes the end of a marked alarm exactly when its start was passed', ({ heard, said }) => {
    const passed = new Set<string>();
    const decided = new Set<string>();
    for (const line of heard) {
      const [, id = '', decision = ''] = /^(event \d+) (.*)$/.exec(line) ?? [];
      const each = said.find((one) => one.id === id);
      if (each?.correlationId === undefined || decided.has(id)) continue;
      decided.add(id);
      const goesOut = decision === 'passed' || decision === 'state';
      if (each.state === 'active' && goesOut) passed.add(id);
      else if (each.state === 'inactive') {
        const wasPassed = passed.delete(each.correlationId);
        // One that comes again may be that of a start nobody remembers.
        assert.equal(wasPassed || (each.redelivered === true && goesOut), goesOut, line);
      }
    }
  });
});

describe('without restarts and while armed, a filter', () => {
  it('sums up each alarm that a cool-down held back, once', () => {
    const calm = STEP.filter((step) => step.do !== 'restart' && step.do !== 'disarm');
    fc.assert(
      fc.property(fc.array(calm, LONG), RULES, (steps, rules) => {
        const one = play([...steps, { do: 'wait', milliseconds: 3_600 * SECOND }], {
          ...rules,
          summary: true,
        });
        const cooled = one.said.filter(({ id }) => one.model.decided.get(id) === 'cooldown').length;
        const told = one.heard.map((line) => Number(/^summary of (\d+),/.exec(line)?.[1] ?? 0));
        assert.equal(
          told.reduce((sum, count) => sum + count, 0),
          cooled,
        );
        assert.equal(one.trial.clock.waiting, 0);
      }),
      { numRuns: 500 },
    );
  });
});
