import type { DeviceAnswer, DeviceClient, DeviceRequest } from '../device/device-client.js';
import { isForbidden, readResponseStatus, refusalWords } from '../device/response-status.js';
import { AlarmError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { notificationsOf, readTriggers, type Trigger, withCenter } from '../vendors/isapi/triggers.js';

const PATH = '/ISAPI/Event/triggers';
/** Asked one by one on devices that cannot list them (isapi.md §9.3). */
const USUAL = ['VMD', 'linedetection', 'fielddetection', 'regionEntrance', 'regionExiting', 'tamper', 'IO'];

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

  constructor(job: LinkageJob) {
    this.#job = job;
  }

  /**
   * @throws AlarmError `CONFIG_NO_TRIGGERS`, `CONFIG_UNREADABLE`, `CONFIG_BUSY`, `DEVICE_FORBIDDEN`, and those of the
   *   client
   */
  async read(): Promise<readonly Trigger[]> {
    const answer = await this.#ask({ path: PATH });
    if (isGood(answer)) return readTriggers(answer.body);
    if (isForbidden(answer)) throw new AlarmError('DEVICE_FORBIDDEN', refusalWords(answer));
    const found: Trigger[] = [];
    for (const type of USUAL) {
      const single = await this.#one(`${type}-1`);
      if (single !== undefined) found.push(...readTriggers(single));
    }
    if (found.length === 0) throw new AlarmError('CONFIG_NO_TRIGGERS', refusalWords(answer));
    return found;
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
    const before = await this.#one(id);
    if (before === undefined) throw new AlarmError('CONFIG_EVENT_UNKNOWN', id);
    const path = `${PATH}/${encodeURIComponent(id)}`;
    const body = withCenter(before, center);
    let answer = await this.#ask({ method: 'PUT', path, body });
    if (!isGood(answer)) {
      const list = notificationsOf(body);
      answer = await this.#ask({ method: 'PUT', path: `${path}/notifications`, body: list });
    }
    if (!isGood(answer)) throw new AlarmError('CONFIG_REFUSED', `${id}: ${refusalWords(answer)}`);
    const after = await this.#one(id);
    const [trigger] = after === undefined ? [] : readTriggers(after);
    if (trigger?.center !== center) throw new AlarmError('CONFIG_NOT_STORED', id);
  }

  /** A single trigger; 503 means here that there is none of that name (isapi.md §9.3). */
  async #one(id: string): Promise<Buffer | undefined> {
    const answer = await this.#ask({ path: `${PATH}/${encodeURIComponent(id)}` });
    return isGood(answer) ? answer.body : undefined;
  }

  async #remember(ids: readonly string[], center: boolean): Promise<void> {
    const { memory, device } = this.#job;
    const before = await memory.load(device);
    const after = center ? before.filter((id) => !ids.includes(id)) : [...new Set([...before, ...ids])];
    if (ids.length > 0) await memory.save(device, after);
  }

  #ask(request: DeviceRequest): Promise<DeviceAnswer> {
    const { client, signal } = this.#job;
    return client.request({ maxBytes: LIMITS.documentBytes, ...request, ...(signal && { signal }) });
  }
}

/** An error may come with status 200 (isapi.md §10). */
const isGood = ({ status, body }: DeviceAnswer) =>
  status === 200 && (readResponseStatus(body)?.code ?? 0) <= 1;
