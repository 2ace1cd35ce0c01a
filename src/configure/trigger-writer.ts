import { AlarmError } from '../errors.js';
import { withoutRecurrence } from '../vendors/isapi/trigger-center.js';
import type { DeviceTriggers } from './device-triggers.js';
import { enumerated } from './enumerated.js';

/** A trigger that is to be written. */
export interface TriggerChange {
  readonly id: string;
  /** Its document as the device has it, and as it is to be. */
  readonly before: Buffer;
  readonly after: Buffer;
}

/** What goes wrong with one trigger and may go well with the next; anything else, as a refused login, ends it all. */
const OF_ONE = /^(?:CONFIG_|DEVICE_ANSWER_)/;

/** Writes triggers, one after the other, whatever becomes of one of them. */
export class TriggerWriter {
  readonly #triggers: DeviceTriggers;
  /** Ids of those that were written, or may have been. */
  readonly tried = new Set<string>();
  /** What the device said against it, by id. Whether it stored it all the same is to be read. */
  readonly refusals = new Map<string, string>();

  constructor(triggers: DeviceTriggers) {
    this.#triggers = triggers;
  }

  /** @throws AlarmError where it is of no use to go on, or the reason of the signal */
  async write(changes: readonly TriggerChange[]): Promise<void> {
    for (const { id, after } of changes) {
      this.tried.add(id);
      const refusal = await this.#put(id, after);
      if (refusal !== undefined) this.refusals.set(id, refusal);
    }
  }

  /** As it is to be; refused, once more without saying how often it notifies, which recorders do not know. */
  async #put(id: string, body: Buffer): Promise<string | undefined> {
    try {
      const refusal = await this.#triggers.put(id, body);
      if (refusal === undefined) return undefined;
      const plain = withoutRecurrence(body, this.#triggers.limits);
      const again = plain === undefined ? refusal : await this.#triggers.put(id, plain);
      return again === undefined ? undefined : refusal;
    } catch (error) {
      if (error instanceof AlarmError && OF_ONE.test(error.code)) return error.message;
      throw error;
    }
  }
}

/**
 * One error for all triggers that are not as they should be.
 * @param refusals what was said against them; of the others the device said yes
 */
export function failureOf(ids: readonly string[], refusals: ReadonlyMap<string, string>): AlarmError {
  const refused = ids.filter((id) => refusals.has(id)).map((id) => `${id}: ${refusals.get(id)}`);
  const forgotten = ids.filter((id) => !refusals.has(id));
  if (refused.length === 0) return new AlarmError('CONFIG_NOT_STORED', enumerated(forgotten));
  return new AlarmError(
    'CONFIG_REFUSED',
    enumerated([...refused, ...forgotten.map((id) => `${id}: not stored`)]),
  );
}
