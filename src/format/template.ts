import { Writer } from 'mustache';
import { AlarmError } from '../errors.js';
import { wellFormed } from './cut.js';

/** People's own words, as Mustache has them: `{{title}}`, `{{#plate}}{{number}}{{/plate}}`. Nothing is escaped in it. */
export class Template {
  /** Why it cannot be used: `TEMPLATE_INVALID`, with the place of the mistake. */
  readonly problem: AlarmError | undefined;
  readonly #text: string;
  /** One of its own: Mustache's common one remembers every template it has ever seen. */
  readonly #writer = new Writer();

  constructor(text: string) {
    this.#text = text;
    this.problem = this.#try(() => this.#writer.parse(text)).problem;
  }

  /** Undefined when it cannot be used, or says nothing for these fields. */
  fill(fields: Readonly<Record<string, unknown>>): string | undefined {
    if (this.problem !== undefined) return undefined;
    const { result } = this.#try(() =>
      this.#writer.render(this.#text, fields, undefined, { escape: String }),
    );
    const text = wellFormed(result ?? '').trim();
    return text === '' ? undefined : text;
  }

  #try<Result>(action: () => Result): { readonly result?: Result; readonly problem?: AlarmError } {
    try {
      return { result: action() };
    } catch (cause) {
      const place = / at (\d+)$/.exec((cause as Error).message)?.[1];
      const detail = place === undefined ? undefined : `${Number(place) + 1}`;
      return { problem: new AlarmError('TEMPLATE_INVALID', detail, { cause }) };
    }
  }
}
