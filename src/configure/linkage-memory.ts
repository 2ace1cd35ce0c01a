import type { CutNotification } from '../vendors/isapi/trigger-center.js';

/** A trigger that told the center before it was disarmed here. */
export interface Disarmed {
  /** Of the trigger, as `VMD-1`. */
  readonly id: string;
  /** What it told the center with, as it stood there. */
  readonly cut: readonly CutNotification[];
}

/** What was disarmed on devices and is to be armed again, beyond the life of this process. */
export interface LinkageMemory {
  load(device: string): Promise<readonly Disarmed[]>;
  save(device: string, disarmed: readonly Disarmed[]): Promise<void>;
}

/** The memory of one device while it is changed. */
export class LinkageNotes {
  readonly #memory: LinkageMemory;
  readonly #device: string;
  #disarmed: readonly Disarmed[] = [];

  constructor(memory: LinkageMemory, device: string) {
    this.#memory = memory;
    this.#device = device;
  }

  /** As of the last reading or writing. */
  get disarmed(): readonly Disarmed[] {
    return this.#disarmed;
  }

  async load(): Promise<void> {
    this.#disarmed = await this.#memory.load(this.#device);
  }

  /** Of a trigger that is remembered already, what it had last counts. */
  add(disarmed: readonly Disarmed[]): Promise<void> {
    const others = this.#disarmed.filter(({ id }) => !disarmed.some((each) => each.id === id));
    return this.#save([...others, ...disarmed]);
  }

  /** @param isOver whether a trigger is not disarmed, or not any more */
  forget(isOver: (id: string) => boolean): Promise<void> {
    return this.#save(this.#disarmed.filter(({ id }) => !isOver(id)));
  }

  async #save(disarmed: readonly Disarmed[]): Promise<void> {
    const same =
      disarmed.length === this.#disarmed.length && disarmed.every((each, at) => each === this.#disarmed[at]);
    if (same) return;
    await this.#memory.save(this.#device, disarmed);
    this.#disarmed = disarmed;
  }
}
