import type { DeviceClient } from '../device/device-client.js';
import { AlarmError } from '../errors.js';
import { readTriggers, type Trigger, withCenter } from '../vendors/isapi/triggers.js';
import { DeviceTriggers } from './device-triggers.js';

/** Which triggers had `center` before it was taken away, beyond the life of this process. */
export interface LinkageMemory {
  load(device: string): Promise<readonly string[]>;
  save(device: string, triggers: readonly string[]): Promise<void>;
}

/** Whom to ask, and what to change. */
export interface LinkageJob {
  readonly client: Pick<DeviceClient, 'request'>;
  /** Name of the device in the memory. */
  readonly device: string;
  readonly memory: LinkageMemory;
  readonly signal?: AbortSignal;
}

/** What is to be changed: events by their type or trigger, all that may be when none is named. */
export interface LinkageWish {
  readonly center: boolean;
  readonly events: readonly string[];
}

export interface LinkageResult {
  readonly triggers: readonly Trigger[];
  /** Ids of those that were changed. */
  readonly changed: readonly string[];
}

/**
 * Which events of a device notify the surveillance center, which is what makes it push or stream them; and changes
 * that. Arming and disarming of its notifications, as far as public facts go (isapi.md §9).
 */
export class Linkage {
  readonly #job: LinkageJob;
  readonly #triggers: DeviceTriggers;

  constructor(job: LinkageJob) {
    this.#job = job;
    this.#triggers = new DeviceTriggers(job.client, job.signal);
  }

  /** @throws AlarmError as {@link DeviceTriggers.list} */
  read(): Promise<readonly Trigger[]> {
    return this.#triggers.list();
  }

  /**
   * Adds or removes `center`. Without named events those are armed again that were disarmed so.
   * @throws AlarmError as `read`, `CONFIG_EVENT_UNKNOWN`, `CONFIG_REFUSED`, `CONFIG_NOT_STORED`
   */
  async change({ center, events }: LinkageWish): Promise<LinkageResult> {
    const triggers = await this.read();
    const chosen = await this.#chosen(triggers, center, events);
    const different = chosen.filter((trigger) => trigger.center !== center);
    const changed: string[] = [];
    try {
      for (const { id } of different) {
        await this.#write(id, center);
        changed.push(id);
      }
    } finally {
      // Also of a change that broke off in the middle: what was disarmed must be known.
      await this.#remember(changed, center);
    }
    const after = triggers.map((each) => (changed.includes(each.id) ? { ...each, center } : each));
    return { triggers: after, changed };
  }

  async #chosen(
    triggers: readonly Trigger[],
    center: boolean,
    events: readonly string[],
  ): Promise<readonly Trigger[]> {
    if (events.length === 0 && !center) return triggers.filter((trigger) => trigger.center);
    const names = events.length > 0 ? events : await this.#job.memory.load(this.#job.device);
    if (names.length === 0) throw new AlarmError('CONFIG_EVENTS_MISSING');
    const named = (trigger: Trigger, name: string) =>
      [trigger.id, trigger.eventType].some((own) => own.toLowerCase() === name.toLowerCase());
    const unknown = names.filter((name) => !triggers.some((trigger) => named(trigger, name)));
    if (unknown.length > 0 && events.length > 0)
      throw new AlarmError('CONFIG_EVENT_UNKNOWN', unknown.join(', ').slice(0, 200));
    return triggers.filter((trigger) => names.some((name) => named(trigger, name)));
  }

  /** Read, changed, written and read again: a good answer proves nothing (isapi.md §8.5). */
  async #write(id: string, center: boolean): Promise<void> {
    const before = await this.#triggers.one(id);
    if (before === undefined) throw new AlarmError('CONFIG_EVENT_UNKNOWN', id);
    await this.#triggers.put(id, withCenter(before, center));
    const after = await this.#triggers.one(id);
    const [trigger] = after === undefined ? [] : readTriggers(after);
    if (trigger?.center !== center) throw new AlarmError('CONFIG_NOT_STORED', id);
  }

  async #remember(ids: readonly string[], center: boolean): Promise<void> {
    const { memory, device } = this.#job;
    const before = await memory.load(device);
    const after = center ? before.filter((id) => !ids.includes(id)) : [...new Set([...before, ...ids])];
    if (ids.length > 0) await memory.save(device, after);
  }
}
