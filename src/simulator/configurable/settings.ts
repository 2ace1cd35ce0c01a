import type { Behaviour } from './behaviour.js';
import { detectorDocuments, SCHEDULES } from './detector-documents.js';
import { readDocument } from './documents.js';
import type { Word } from './response-status.js';

/** Documents of a device that are read and written as a whole: detectors and their schedules. */
export class Settings {
  readonly #behaviour: Behaviour;
  #texts = new Map<string, string>();

  /** @param behaviour may change at any time */
  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.reset();
  }

  reset(): void {
    this.#texts = detectorDocuments(this.#behaviour, this.#behaviour.namespace);
  }

  /** The document at a path, or all schedules below it. */
  at(path: string): string | undefined {
    const own = this.#texts.get(path);
    if (own !== undefined || !path.startsWith(`${SCHEDULES}/`)) return own;
    const below = [...this.#texts].filter(([place]) => place.startsWith(`${path}/`));
    if (below.length === 0) return undefined;
    const schedules = below.map(([, text]) => text.slice(text.indexOf('<Schedule')));
    return `<?xml version="1.0" encoding="UTF-8"?>\n<ScheduleList ${this.#behaviour.namespace}>\n${schedules.join('')}</ScheduleList>\n`;
  }

  /** @returns undefined when there is nothing at the path */
  put(path: string, body: Buffer): Word | undefined {
    const before = this.#texts.get(path);
    if (before === undefined) return undefined;
    const sent = readDocument(body, 'xml');
    if (sent === undefined) return 'badXmlFormat';
    if (sent.root !== readDocument(Buffer.from(before), 'xml')?.root) return 'badXmlContent';
    if (this.#behaviour.keeping !== 'never') this.#texts.set(path, body.toString());
    return 'ok';
  }
}
