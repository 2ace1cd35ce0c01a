import type { FilterSettings } from '../../../src/routing/filter/rules.js';

/** What a camera says, with all that matters to a filter. Times in milliseconds. */
export interface Spoken {
  readonly id: string;
  readonly state: 'active' | 'inactive' | 'pulse';
  readonly device: string;
  readonly channel: number;
  readonly kind: 'motion' | 'line-crossing';
  readonly regions: readonly string[];
  readonly correlationId?: string;
  readonly redelivered?: true;
  /** When it came first. */
  readonly at: number;
}

export type Rules = Pick<
  FilterSettings,
  | 'kinds'
  | 'channels'
  | 'states'
  | 'cooldown'
  | 'cooldownPer'
  | 'count'
  | 'within'
  | 'minDuration'
  | 'summary'
>;

interface Timer {
  readonly due: number;
  readonly order: number;
}

const SECOND = 1000;

/** What joins start and end, by the words of the promise. */
const joint = ({ correlationId, device, channel }: Spoken) => correlationId ?? `${device} ${channel}`;
/** A mark joins alone, whatever regions are named. */
const regionsOf = ({ correlationId, regions }: Spoken) => (correlationId === undefined ? regions : []);

function isEndOf(end: Spoken, start: Spoken): boolean {
  const [mine, its] = [regionsOf(end), regionsOf(start)];
  const any = mine.length === 0 || its.length === 0;
  return joint(end) === joint(start) && (any || mine.some((region) => its.includes(region)));
}

/** A filter as its promises put it, with lists of all that ever happened, and no thought for memory or speed. */
export class Model {
  readonly rules: Rules;
  now: number;
  armed = true;
  readonly words: string[] = [];
  readonly decided = new Map<string, string>();
  /** Summed up and never told, as it was disarmed when the cool-down ended. */
  forgotten = 0;
  sent: { readonly key: string; readonly at: number }[] = [];
  held: ({ readonly said: Spoken; readonly since: number } & Timer)[] = [];
  storms: { key: string; times: number[]; timer: Timer }[] = [];
  #open: { readonly said: Spoken; readonly region: string; readonly passed: boolean }[] = [];
  #recent: { readonly key: string; readonly at: number }[] = [];
  #order = 0;

  constructor(rules: Rules, now: number) {
    this.rules = rules;
    this.now = now;
  }

  keyOf({
    device,
    channel,
    kind,
  }: {
    readonly device: string;
    readonly channel: number;
    readonly kind: string;
  }): string {
    const parts: Record<string, unknown> = { device, channel, kind };
    return this.rules.cooldownPer
      .split('+')
      .map((part) => parts[part])
      .join(' ');
  }

  take(said: Spoken): void {
    const before = this.decided.get(said.id);
    if (before !== undefined) this.words.push(`${said.id} ${before}`);
    else if (this.held.some((each) => each.said.id === said.id)) return;
    else if (said.state === 'inactive') this.#end(said);
    else this.#begin(said);
  }

  wait(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const timers = [...this.held, ...this.storms.map(({ timer }) => timer)];
      const [next] = timers
        .filter(({ due }) => due <= until)
        .sort((a, b) => a.due - b.due || a.order - b.order);
      if (next === undefined) break;
      this.now = Math.max(this.now, next.due);
      const held = this.held.find((each) => each === next);
      if (held === undefined) this.#endStorm(next);
      else this.#release(held);
    }
    this.now = until;
  }

  /** @param forgets as with a restart of Node-RED, which leaves decisions, open starts and what was sent */
  redeploy(forgets: boolean): void {
    if (forgets) {
      this.held = [];
      this.storms = [];
      this.#recent = [];
    }
    for (const storm of this.storms) storm.timer = this.#after(this.#left(storm.key));
    this.held = this.held.map((each) => ({ ...each, order: this.#order++ }));
  }

  #begin(said: Spoken): void {
    const { kinds, channels, minDuration } = this.rules;
    if (kinds !== '' && said.kind !== kinds) this.#decide(said, 'kind');
    else if (channels !== '' && String(said.channel) !== channels) this.#decide(said, 'channel');
    else if (said.state === 'pulse' && this.#isMasked(said)) this.#decide(said, 'state');
    else if (!this.armed) this.#decide(said, 'armed');
    else if (said.state === 'active' && minDuration > 0)
      this.held.push({ said, since: this.now, ...this.#after(minDuration * SECOND) });
    else this.#limit(said, said.at);
  }

  #release(held: Model['held'][number]): void {
    this.held = this.held.filter((each) => each !== held);
    this.#limit(held.said, held.said.at + this.now - held.since);
  }

  #limit(said: Spoken, at: number): void {
    const key = this.keyOf(said);
    if (this.#isCooling(key, at)) {
      this.#addToStorm(key, at);
      this.#decide(said, 'cooldown');
    } else if (!this.#isEnough(key, at)) this.#decide(said, 'count');
    else if (this.#isMasked(said)) this.#decide(said, 'state');
    else {
      this.sent.push({ key, at });
      this.#decide(said, 'passed');
    }
  }

  /** Some stretch of that length holds so many. */
  #isEnough(key: string, at: number): boolean {
    const { count, within } = this.rules;
    this.#recent.push({ key, at });
    const mine = this.#recent.filter((each) => each.key === key);
    const enough = mine.some(
      (first) =>
        mine.filter((each) => each.at >= first.at && each.at < first.at + within * SECOND).length >= count,
    );
    if (enough) this.#recent = this.#recent.filter((each) => each.key !== key);
    return enough;
  }

  #end(said: Spoken): void {
    const { kinds, channels, minDuration } = this.rules;
    let short = false;
    for (const held of this.held.filter((each) => isEndOf(said, each.said))) {
      this.held = this.held.filter((each) => each !== held);
      if (said.at - held.said.at >= minDuration * SECOND)
        this.#limit(held.said, held.said.at + minDuration * SECOND);
      else {
        short = true;
        this.#decide(held.said, 'duration');
      }
    }
    const its = regionsOf(said);
    const ended = this.#open.filter(
      (each) =>
        joint(each.said) === joint(said) &&
        (its.length === 0 || each.region === '' || its.includes(each.region)),
    );
    this.#open = this.#open.filter((each) => !ended.includes(each));
    const mayBe =
      (kinds === '' || kinds === said.kind) && (channels === '' || channels === String(said.channel));
    const orphan = said.redelivered === true && mayBe && ended.every(({ passed }) => passed);
    if (!ended.some(({ passed }) => passed) && !orphan) this.#decide(said, short ? 'duration' : 'start');
    else this.#decide(said, this.#isMasked(said) ? 'state' : 'passed');
  }

  #decide(said: Spoken, decision: string): void {
    this.decided.set(said.id, decision);
    this.words.push(`${said.id} ${decision}`);
    if (said.state !== 'active') return;
    const passed = decision === 'passed' || decision === 'state';
    const regions = regionsOf(said);
    for (const region of regions.length > 0 ? regions : ['']) this.#open.push({ said, region, passed });
  }

  #isMasked({ state }: Spoken): boolean {
    return this.rules.states !== '' && !this.rules.states.split(',').includes(state);
  }

  #isCooling(key: string, at: number): boolean {
    return this.sent.some(
      (each) => each.key === key && Math.abs(each.at - at) < this.rules.cooldown * SECOND,
    );
  }

  #addToStorm(key: string, at: number): void {
    if (!this.rules.summary) return;
    const storm = this.storms.find((each) => each.key === key);
    if (storm === undefined) this.storms.push({ key, times: [at], timer: this.#after(this.#left(key)) });
    else storm.times.push(at);
  }

  #endStorm(timer: Timer): void {
    const storm = this.storms.find((each) => each.timer === timer);
    if (storm === undefined) return;
    if (this.#isCooling(storm.key, this.now)) {
      storm.timer = this.#after(this.#left(storm.key));
      return;
    }
    this.storms = this.storms.filter((each) => each !== storm);
    const { key, times } = storm;
    if (!this.armed) {
      this.forgotten += times.length;
      return;
    }
    this.sent.push({ key, at: this.now });
    this.words.push(`summary of ${times.length}, ${Math.min(...times)} to ${Math.max(...times)}`);
  }

  /** Until the cool-down that began last is over; a whole one for what is long over. */
  #left(key: string): number {
    const cooldown = this.rules.cooldown * SECOND;
    const left = (this.sent.filter((each) => each.key === key).at(-1)?.at ?? 0) + cooldown - this.now;
    return left > 0 && left <= cooldown ? left : cooldown;
  }

  #after(milliseconds: number): Timer {
    return { due: this.now + milliseconds, order: this.#order++ };
  }
}
