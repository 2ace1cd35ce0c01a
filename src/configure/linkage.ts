import type { DeviceClient } from '../device/device-client.js';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { centersOf, withCenter } from '../vendors/isapi/trigger-center.js';
import { sayTheSame, type Trigger, type TriggerDocuments } from '../vendors/isapi/triggers.js';
import { DeviceTriggers } from './device-triggers.js';
import { enumerated } from './enumerated.js';
import { type LinkageMemory, LinkageNotes } from './linkage-memory.js';
import { failureOf, type TriggerChange, TriggerWriter } from './trigger-writer.js';

/** Whom to ask, and what to change. */
export interface LinkageJob {
  readonly client: Pick<DeviceClient, 'request' | 'generalLimits'>;
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

  /**
   * @param wanted events that are asked for by name where the device does not list what it has
   * @throws AlarmError as {@link DeviceTriggers.read}
   */
  read(wanted: readonly string[] = []): Promise<readonly Trigger[]> {
    return this.#triggers.list(wanted);
  }

  /**
   * Adds or removes `center`. Without named events those are armed again that were disarmed so. One trigger that
   * cannot be changed does not keep the others from it: it is named in the error once all were tried.
   * @throws AlarmError as `read`, `CONFIG_EVENT_UNKNOWN`, `CONFIG_EVENTS_MISSING`, `CONFIG_REFUSED`, `CONFIG_NOT_STORED`
   */
  async change({ center, events }: LinkageWish): Promise<LinkageResult> {
    const notes = new LinkageNotes(this.#job.memory, this.#job.device);
    await notes.load();
    const disarmed = notes.disarmed.map(({ id }) => id);
    const before = await this.#triggers.read([...events, ...disarmed]);
    const chosen = choose(before.triggers, { center, events }, disarmed);
    const ids = chosen.filter((trigger) => trigger.center !== center).map(({ id }) => id);
    const { limits } = this.#triggers;
    const source = await this.#sourceOf(before, ids);
    const changes = changesOf(source, ids, center, { recurrence: before.recurrence, notes, limits });
    // Before anything is written: who is killed in the middle must know afterwards what was armed.
    if (!center)
      await notes.add(
        changes.map(({ id, before: body }) => ({ id, cut: centersOf(body, this.#triggers.limits) })),
      );
    const writer = new TriggerWriter(this.#triggers);
    try {
      await writer.write(changes);
    } catch (error) {
      const untouched = stateOf(before.triggers);
      await notes.forget((id) => !writer.tried.has(id) && untouched.get(id) === true);
      throw error;
    }
    const after = await this.#readAgain(before, source, ids);
    // Those that were read one by one are not all that there are.
    const others = before.triggers.filter(({ id }) => !ids.includes(id));
    const state = stateOf([...others, ...after.triggers]);
    await notes.forget((id) => state.get(id) === true);
    const failed = ids.filter((id) => state.get(id) !== center);
    if (failed.length > 0) throw failureOf(failed, writer.refusals);
    const triggers = before.triggers.map((each) => ({ ...each, center: state.get(each.id) ?? each.center }));
    return { triggers, changed: ids };
  }

  /**
   * What is changed and written: as the list has it, unless the device tells of a single one something else, which it
   * would forget. One is looked at for all.
   */
  async #sourceOf(read: TriggerDocuments, ids: readonly string[]): Promise<TriggerDocuments> {
    const [sample] = ids;
    if (sample === undefined || !read.isList) return read;
    const single = await this.#triggers.one(sample);
    const listed = read.documentOf(sample);
    const fits =
      single === undefined || listed === undefined || sayTheSame(single, listed, this.#triggers.limits);
    return fits ? read : this.#triggers.each(ids);
  }

  /** A good answer proves nothing (isapi.md §8.5): all are read again in the way they were read before. */
  async #readAgain(
    before: TriggerDocuments,
    source: TriggerDocuments,
    ids: readonly string[],
  ): Promise<TriggerDocuments> {
    if (ids.length === 0) return before;
    return source.isList ? this.#triggers.read(ids) : this.#triggers.each(ids);
  }
}

/** @throws AlarmError `CONFIG_EVENT_UNKNOWN`, `CONFIG_EVENTS_MISSING` */
function choose(
  triggers: readonly Trigger[],
  { center, events }: LinkageWish,
  disarmed: readonly string[],
): readonly Trigger[] {
  if (events.length > 0) {
    const unknown = events.filter((name) => !triggers.some((trigger) => isNamed(trigger, name)));
    if (unknown.length > 0) throw new AlarmError('CONFIG_EVENT_UNKNOWN', enumerated(unknown));
    return triggers.filter((trigger) => events.some((name) => isNamed(trigger, name)));
  }
  if (!center) return triggers;
  // Armed already, as a schedule may say it twice, is as it should be.
  if (disarmed.length === 0 && !triggers.some((trigger) => trigger.center))
    throw new AlarmError('CONFIG_EVENTS_MISSING');
  return triggers.filter(({ id }) => disarmed.includes(id));
}

/** Whether each notifies, by id. */
const stateOf = (triggers: readonly Trigger[]): ReadonlyMap<string, boolean> =>
  new Map(triggers.map(({ id, center }) => [id, center]));

const isNamed = ({ id, eventType }: Trigger, name: string) =>
  [id, eventType].some((own) => own.toLowerCase() === name.toLowerCase());

interface ChangeOptions {
  readonly recurrence: string | undefined;
  readonly notes: LinkageNotes;
  readonly limits: Limits;
}

/** @throws AlarmError `CONFIG_EVENT_UNKNOWN`, `CONFIG_UNREADABLE` */
function changesOf(
  source: TriggerDocuments,
  ids: readonly string[],
  center: boolean,
  { recurrence, notes, limits }: ChangeOptions,
): readonly TriggerChange[] {
  return ids.map((id) => {
    const before = source.documentOf(id);
    if (before === undefined) throw new AlarmError('CONFIG_EVENT_UNKNOWN', id);
    const cut = notes.disarmed.find((each) => each.id === id)?.cut ?? [];
    return { id, before, after: withCenter(before, center, limits, { cut, recurrence }) };
  });
}
