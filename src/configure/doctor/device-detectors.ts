import { AlarmError } from '../../errors.js';
import { type Detector, type DetectorSettings, readDetector } from '../../vendors/isapi/detectors.js';
import { readSchedules, type Schedule } from '../../vendors/isapi/schedules.js';
import type { Inquiry } from './inquiry.js';

const SCHEDULES = '/ISAPI/Event/schedules';

/** The settings and schedules of the detectors of a device, each asked for no more often than needed. */
export class DeviceDetectors {
  readonly #inquiry: Inquiry;
  /** Cameras and recorders keep them at different places: the one that was right last is tried first. */
  #place = 0;
  /** All channels at once, by the name of the list. */
  readonly #lists = new Map<string, readonly Schedule[]>();

  constructor(inquiry: Inquiry) {
    this.#inquiry = inquiry;
  }

  /** Undefined when the device does not say. */
  async settings({ paths, root }: Detector, channel: string): Promise<DetectorSettings | undefined> {
    const all = paths(channel);
    const places = all.map((_, index) => (index + this.#place) % all.length);
    for (const place of places) {
      const body = await this.#body(all[place] as string);
      const settings = body && readDetector(body, root, this.#inquiry.limits);
      if (settings === undefined) continue;
      if (all.length > 1) this.#place = place;
      return settings;
    }
    return undefined;
  }

  /** Whether it is armed at any time of the week; undefined when the device does not say. */
  async armed({ schedules, scheduleIds }: Detector, channel: string): Promise<boolean | undefined> {
    const listed = (await this.#list(schedules)).find((each) => each.channel === channel);
    if (listed !== undefined) return listed.armed;
    for (const id of scheduleIds(channel)) {
      const body = await this.#body(`${SCHEDULES}/${schedules}/${id}`);
      const [schedule] = body === undefined ? [] : readSchedules(body, this.#inquiry.limits);
      if (schedule !== undefined) return schedule.armed;
    }
    return undefined;
  }

  async #list(name: string): Promise<readonly Schedule[]> {
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    const body = await this.#body(`${SCHEDULES}/${name}`);
    const list = body === undefined ? [] : readSchedules(body, this.#inquiry.limits);
    this.#lists.set(name, list);
    return list;
  }

  async #body(path: string): Promise<Buffer | undefined> {
    const answer = await this.#inquiry.get(path);
    return answer instanceof AlarmError || answer.status !== 200 ? undefined : answer.body;
  }
}
