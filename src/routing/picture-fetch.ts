import { pictureAttachment } from '../attachment.js';
import type { Alarm, Attachment, PictureUrl } from '../event.js';
import { LIMITS, type Limits } from '../limits.js';
import type { Subscriber } from '../notification.js';
import { classify, isCutPicture, isPicture } from '../wire/classify.js';
import { Stage } from './stage.js';

/** The device that alarms come from, as who asks it for pictures sees it. */
export interface PictureHolder {
  readonly host: string;
  /** @param path with its query; @returns what the device answered */
  readonly ask: (path: string, signal: AbortSignal) => Promise<Buffer>;
}

/**
 * Fetches the pictures an alarm only names the addresses of (isapi.md §3.3), with the device's login and only from
 * that device. The alarm follows with what came in time, in the order in which alarms arrived.
 */
export class PictureFetch extends Stage {
  readonly #holder: PictureHolder;
  readonly #onError: (error: unknown) => void;
  readonly #limits: Limits;
  #stopped = false;
  /** Settles when all alarms before have gone on. */
  #before: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param onError a picture could not be had; the alarm goes on without it */
  constructor(
    holder: PictureHolder,
    next: Subscriber,
    onError: (error: unknown) => void,
    limits: Limits = LIMITS,
  ) {
    super(next);
    this.#holder = holder;
    this.#onError = onError;
    this.#limits = limits;
  }

  alarm(alarm: Alarm): void {
    const paths = this.#pathsOf(alarm);
    if (paths.length === 0 && this.#waiting === 0) {
      this.next.alarm(alarm);
      return;
    }
    const fetched = this.#fetch(alarm, paths);
    const before = this.#before;
    this.#waiting++;
    this.#before = (async () => {
      const pictures = await fetched;
      await before;
      this.#waiting--;
      if (this.#stopped) return;
      this.next.alarm({ ...alarm, attachments: [...alarm.attachments, ...pictures] });
    })();
  }

  /** Alarms still waiting are not delivered. */
  stop(): void {
    this.#stopped = true;
  }

  /** The device is asked for the path alone, and only if the address is its own: a login goes nowhere else. */
  #pathsOf({ event }: Alarm): { readonly path: string; readonly role: PictureUrl['role'] }[] {
    const own = [this.#holder.host, event.device.address];
    return (event.pictureUrls ?? []).slice(0, this.#limits.fetchedPictures).flatMap(({ url, role }) => {
      if (!URL.canParse(url)) return [];
      const { hostname, pathname, search } = new URL(url);
      return own.includes(hostname.replace(/^\[|\]$/g, '')) ? [{ path: pathname + search, role }] : [];
    });
  }

  /** Never rejects. */
  async #fetch(
    { event, attachments }: Alarm,
    paths: readonly { readonly path: string; readonly role: PictureUrl['role'] }[],
  ): Promise<Attachment[]> {
    const signal = AbortSignal.timeout(this.#limits.pictureFetchMs);
    const answers = await Promise.all(
      paths.map(async ({ path, role }) => {
        try {
          const body = await this.#holder.ask(path, signal);
          return isPicture(classify(body)) && !isCutPicture(body) ? [{ body, role }] : [];
        } catch (error) {
          this.#onError(error);
          return [];
        }
      }),
    );
    return answers
      .flat()
      .map(({ body, role }, index) =>
        pictureAttachment(body, role, attachments.length + index + 1, event.id),
      );
  }
}
