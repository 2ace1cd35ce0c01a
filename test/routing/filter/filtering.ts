import type { AlarmEvent } from '../../../src/event.js';
import { createIds } from '../../../src/event-id.js';
import { LIMITS, type Limits } from '../../../src/limits.js';
import { AlarmFilter } from '../../../src/routing/filter/alarm-filter.js';
import { FilterMemory, type Reason } from '../../../src/routing/filter/memory.js';
import { type FilterSettings, filterRules } from '../../../src/routing/filter/rules.js';
import { draftOf, pictureOf } from '../../support/drafts.js';
import { ManualClock } from '../../support/manual-clock.js';

/** A filter that lets everything through. */
export const OPEN: FilterSettings = {
  kinds: '',
  devices: '',
  channels: '',
  regions: '',
  targets: '',
  severity: '',
  states: '',
  cooldown: 0,
  cooldownPer: 'device+channel+kind',
  schedule: '',
  zone: 'Europe/Warsaw',
  count: 1,
  within: 60,
  minDuration: 0,
  summary: false,
};

export const CAMERAS = ['00:00:5e:00:53:41', '00:00:5e:00:53:42'] as const;

/** What came out of a filter: the id of a message, why it was held back, or a summary. */
export interface Out {
  readonly id?: string;
  readonly held?: Reason;
  readonly summary?: AlarmEvent;
  readonly pictures?: number;
}

/** A filter, its clock, and what came out of it in order. */
export class Filtering {
  readonly clock: ManualClock;
  readonly out: Out[] = [];
  readonly errors: unknown[] = [];
  /** What it hands on is taken by a flow that throws. */
  throws = false;
  readonly #newId: () => string;
  readonly #limits: Limits;
  memory: FilterMemory<string>;
  filter: AlarmFilter<string>;
  #ids = 0;

  constructor(settings: Partial<FilterSettings> = {}, changed: Partial<Limits> = {}, start?: number) {
    this.clock = new ManualClock(start);
    this.#limits = { ...LIMITS, ...changed };
    this.#newId = createIds({ now: () => this.clock.now(), random: (count) => Buffer.alloc(count, 7) });
    this.memory = new FilterMemory(this.#limits, true);
    this.filter = this.#make(settings);
  }

  /** Comes in the place of the one before. @param memory as a restart leaves it; all of it for a redeploy */
  restart(settings: Partial<FilterSettings>, memory?: unknown): void {
    this.filter.stop();
    if (memory !== undefined) this.memory = new FilterMemory(this.#limits, true, memory);
    this.filter = this.#make(settings);
  }

  /** Something that a camera says now. @returns its id */
  say(values: Partial<AlarmEvent> = {}, pictures = 0): string {
    const at = new Date(this.clock.now()).toISOString();
    const id = values.id ?? `event ${++this.#ids}`;
    const base = { id, time: at, receivedAt: at, title: 'Line crossing: Gate', text: 'Gate' };
    const { event } = draftOf({ device: { id: CAMERAS[0], name: 'Gate' }, ...base, ...values });
    const attachments = Array.from({ length: pictures }, (_, index) => pictureOf(id, index + 1));
    this.filter.take({ event, attachments, message: id });
    return id;
  }

  /** What came out since it was last asked, in short: `1` passed, `2 cooldown` held back. */
  take(): string[] {
    return this.out
      .splice(0)
      .map(({ id = '', held, summary }) =>
        summary !== undefined
          ? `summary of ${summary.summary?.count}`
          : `${id.replace('event ', '')} ${held ?? ''}`.trim(),
      );
  }

  #make(settings: Partial<FilterSettings>): AlarmFilter<string> {
    return new AlarmFilter<string>(
      filterRules({ ...OPEN, ...settings }),
      {
        pass: (id) => {
          if (this.throws) throw new Error('a flow that throws');
          this.out.push({ id });
        },
        suppress: (id, held) => this.out.push({ id, held }),
        summarise: (summary, { length }) => this.out.push({ summary, pictures: length }),
      },
      this.memory,
      {
        clock: this.clock,
        limits: this.#limits,
        newId: this.#newId,
        language: 'en-US',
        onError: (error) => this.errors.push(error),
      },
    );
  }
}
