import type { DeviceAnswer, DeviceClient, DeviceRequest } from '../device/device-client.js';
import { isForbidden, isPrivilege, readResponseStatus, refusalWords } from '../device/response-status.js';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { notificationsOf } from '../vendors/isapi/trigger-center.js';
import { type Trigger, TriggerDocuments, triggerLimits } from '../vendors/isapi/triggers.js';

const PATH = '/ISAPI/Event/triggers';
/** Asked one by one on devices that cannot list them (isapi.md §9.3). */
const USUAL = ['VMD', 'linedetection', 'fielddetection', 'regionEntrance', 'regionExiting', 'tamper', 'IO'];
/** What can be the id of a trigger, as `VMD-1`, `IO-501`, `PIR` (isapi.md §9.2). */
const ID = /^\w[\w.-]{0,63}$/;

/** What a device does when something happens, as it is asked for and written (isapi.md §9.2). */
export class DeviceTriggers {
  readonly #client: Pick<DeviceClient, 'request' | 'generalLimits'>;
  readonly #signal: AbortSignal | undefined;

  constructor(client: Pick<DeviceClient, 'request' | 'generalLimits'>, signal?: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** For the documents that it gives. */
  get limits(): Limits {
    return this.#client.generalLimits;
  }

  /** @throws AlarmError as `read` */
  async list(wanted: readonly string[] = []): Promise<readonly Trigger[]> {
    return (await this.read(wanted)).triggers;
  }

  /**
   * All triggers of a device. Of one that does not list them the usual ones of its first channel, and the wanted.
   * @param wanted ids or types of events that somebody named
   * @throws AlarmError `CONFIG_NO_TRIGGERS`, `CONFIG_UNREADABLE`, `DEVICE_FORBIDDEN`, and those of the client
   */
  async read(wanted: readonly string[] = []): Promise<TriggerDocuments> {
    const answer = await this.#ask({ path: PATH });
    if (isGood(answer, this.limits)) return new TriggerDocuments([answer.body], this.limits);
    // Devices without a list say 403 too, in other words.
    if (isForbidden(answer, this.limits))
      throw new AlarmError('DEVICE_FORBIDDEN', refusalWords(answer, this.limits));
    const found = await this.each(idsToTry(wanted));
    if (found.triggers.length === 0)
      throw new AlarmError('CONFIG_NO_TRIGGERS', refusalWords(answer, this.limits));
    return found;
  }

  /** Those of the given ids that are there, asked one by one. @throws AlarmError as `read` */
  async each(ids: readonly string[]): Promise<TriggerDocuments> {
    const bodies: Buffer[] = [];
    for (const id of ids) {
      const body = await this.one(id);
      if (body !== undefined) bodies.push(body);
    }
    return new TriggerDocuments(bodies, this.limits);
  }

  /** The document of a single one; 503 means here that there is none of that name (isapi.md §9.3). */
  async one(id: string): Promise<Buffer | undefined> {
    const answer = await this.#ask({ path: pathOf(id) });
    return isGood(answer, this.limits) ? answer.body : undefined;
  }

  /**
   * Writes it whole, or where the device does not take that, what it sets off alone.
   * @returns what the device said against the first of both; undefined when it took one
   * @throws AlarmError `DEVICE_FORBIDDEN`, `CONFIG_UNREADABLE`, and those of the client
   */
  async put(id: string, body: Buffer): Promise<string | undefined> {
    const whole = await this.#ask({ method: 'PUT', path: pathOf(id), body });
    if (isGood(whole, this.limits)) return undefined;
    // No other way, and no other trigger, will fare better.
    if (isPrivilege(readResponseStatus(whole.body, this.limits)?.reason ?? ''))
      throw new AlarmError('DEVICE_FORBIDDEN', refusalWords(whole, this.limits));
    const notifications = notificationsOf(body, this.limits);
    if (notifications !== undefined) {
      const path = `${pathOf(id)}/notifications`;
      const alone = await this.#ask({ method: 'PUT', path, body: notifications });
      if (isGood(alone, this.limits)) return undefined;
    }
    return refusalWords(whole, this.limits);
  }

  #ask(request: DeviceRequest): Promise<DeviceAnswer> {
    const signal = this.#signal;
    const maxBytes = triggerLimits(this.limits).documentBytes;
    return this.#client.request({ maxBytes, ...request, ...(signal && { signal }) });
  }
}

const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

/** The usual ones, and what was named: as it stands, and as a type of event at the first channel. */
function idsToTry(wanted: readonly string[]): string[] {
  const named = wanted
    .filter((name) => ID.test(name))
    .flatMap((name) => (/-\d+$/.test(name) ? [name] : [name, `${name}-1`]))
    .filter((name) => !USUAL.some((type) => type.toLowerCase() === name.toLowerCase()));
  return [...new Set([...USUAL.map((type) => `${type}-1`), ...named.map(spelled)])];
}

/** People do not look at capitals, devices may. */
function spelled(name: string): string {
  const type = name.replace(/-\d+$/, '');
  const usual = USUAL.find((each) => each.toLowerCase() === type.toLowerCase());
  return usual === undefined ? name : usual + name.slice(type.length);
}

/** An error may come with status 200 (isapi.md §10). */
const isGood = ({ status, body }: DeviceAnswer, limits: Limits) =>
  status === 200 && (readResponseStatus(body, limits)?.code ?? 0) <= 1;
