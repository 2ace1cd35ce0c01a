import type { DeviceAnswer, DeviceClient, DeviceRequest } from '../device/device-client.js';
import { isForbidden, readResponseStatus, refusalWords } from '../device/response-status.js';
import { AlarmError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { notificationsOf, readTriggers, type Trigger } from '../vendors/isapi/triggers.js';

const PATH = '/ISAPI/Event/triggers';
/** Asked one by one on devices that cannot list them (isapi.md §9.3). */
const USUAL = ['VMD', 'linedetection', 'fielddetection', 'regionEntrance', 'regionExiting', 'tamper', 'IO'];

/** What a device does when something happens, as it is asked for and written (isapi.md §9.2). */
export class DeviceTriggers {
  readonly #client: Pick<DeviceClient, 'request'>;
  readonly #signal: AbortSignal | undefined;

  constructor(client: Pick<DeviceClient, 'request'>, signal?: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** @throws AlarmError `CONFIG_NO_TRIGGERS`, `CONFIG_UNREADABLE`, `DEVICE_FORBIDDEN`, and those of the client */
  async list(): Promise<readonly Trigger[]> {
    const answer = await this.#ask({ path: PATH });
    if (isGood(answer)) return readTriggers(answer.body);
    // Devices without a list say 403 too, in other words.
    if (isForbidden(answer)) throw new AlarmError('DEVICE_FORBIDDEN', refusalWords(answer));
    const found: Trigger[] = [];
    for (const type of USUAL) {
      const single = await this.one(`${type}-1`);
      if (single !== undefined) found.push(...readTriggers(single));
    }
    if (found.length === 0) throw new AlarmError('CONFIG_NO_TRIGGERS', refusalWords(answer));
    return found;
  }

  /** The document of a single one; 503 means here that there is none of that name (isapi.md §9.3). */
  async one(id: string): Promise<Buffer | undefined> {
    const answer = await this.#ask({ path: pathOf(id) });
    return isGood(answer) ? answer.body : undefined;
  }

  /**
   * Writes it whole, or where the device does not take that, what it sets off alone.
   * @throws AlarmError `CONFIG_REFUSED`, and those of the client
   */
  async put(id: string, body: Buffer): Promise<void> {
    let answer = await this.#ask({ method: 'PUT', path: pathOf(id), body });
    if (!isGood(answer)) {
      const path = `${pathOf(id)}/notifications`;
      answer = await this.#ask({ method: 'PUT', path, body: notificationsOf(body) });
    }
    if (!isGood(answer)) throw new AlarmError('CONFIG_REFUSED', `${id}: ${refusalWords(answer)}`);
  }

  #ask(request: DeviceRequest): Promise<DeviceAnswer> {
    const signal = this.#signal;
    return this.#client.request({ maxBytes: LIMITS.documentBytes, ...request, ...(signal && { signal }) });
  }
}

const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

/** An error may come with status 200 (isapi.md §10). */
const isGood = ({ status, body }: DeviceAnswer) =>
  status === 200 && (readResponseStatus(body)?.code ?? 0) <= 1;
