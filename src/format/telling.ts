import type { AlarmError } from '../errors.js';
import type { AlarmEvent } from '../event.js';
import type { Limits } from '../limits.js';
import { plain } from '../wording/plain.js';
import { wordsOf } from '../wording/words-of.js';
import { describe, describeSign, deviceName, readable, type Wording } from '../wording.js';
import { cut, oneLine, wellFormed } from './cut.js';
import type { State } from './incoming.js';
import { Template } from './template.js';

/** How people are told of an alarm. */
export interface TellingOptions {
  /** Own words for the one line and for the text, as Mustache templates; '' for ours. */
  readonly subject: string;
  readonly template: string;
  /** '' for title and text as the alarm has them. */
  readonly language: string;
  /** Of Node-RED: for all that no alarm brings in words. */
  readonly usualLanguage: string;
}

/** An alarm or a state in words: one line, and a few lines of text, neither of them ever empty. */
export class Telling {
  /** Why people's own words cannot be used. */
  readonly problem: AlarmError | undefined;
  readonly language: string;
  readonly #subject: Template;
  readonly #template: Template;
  readonly #own: boolean;
  readonly #limits: Limits;

  constructor({ subject, template, language, usualLanguage }: TellingOptions, limits: Limits) {
    this.#subject = new Template(subject);
    this.#template = new Template(template);
    this.problem = this.#subject.problem ?? this.#template.problem;
    this.#own = language === '';
    this.language = language === '' ? usualLanguage : language;
    this.#limits = limits;
  }

  /** In our words, or those the alarm brought. */
  usual(event: AlarmEvent): Wording {
    const { title, text } = this.#own ? event : describe(event, this.language);
    return this.#shaped(title, text, wordsOf(this.language).kinds[event.kind]);
  }

  /** In people's own words, where they have some that say something of this alarm; else in ours. */
  alarm(event: AlarmEvent): Wording {
    const usual = this.usual(event);
    const fields = fieldsOf(event, usual, this.language);
    const { title, text } = usual;
    return this.#shaped(this.#subject.fill(fields) ?? title, this.#template.fill(fields) ?? text, title);
  }

  /** In our words always: templates are about alarms. */
  state({ sign, alarm }: State): Wording {
    const { title, text } = describeSign(sign, this.language);
    return this.#shaped(title, alarm === undefined ? text : `${text}\n\n${this.usual(alarm).text}`, title);
  }

  /** A line for what is missing in a message; '' when nothing is. */
  leftOut(names: readonly string[]): string {
    if (names.length === 0) return '';
    const line = `${wordsOf(this.language).leftOut}: ${names.map((name) => plain(name)).join(', ')}`;
    return `\n${cut(line, this.#limits.subjectLetters)}`;
  }

  #shaped(title: string, text: string, otherwise: string): Wording {
    const { subjectLetters, textLetters } = this.#limits;
    const line = cut(oneLine(title.slice(0, textLetters)) || otherwise, subjectLetters);
    return { title: line, text: wellFormed(text.slice(0, textLetters)).trim() || line };
  }
}

/** What a template can name: the event, with words for people where it has names for programs. */
function fieldsOf(event: AlarmEvent, { title, text }: Wording, language: string) {
  const { kinds, states, targets } = wordsOf(language);
  const { device } = event;
  const name = plain(deviceName(device));
  return {
    ...event,
    title,
    text,
    kind: kinds[event.kind],
    state: states[event.state],
    device: { ...device, name },
    channelName: plain(event.channelName ?? name),
    time: readable(event.time),
    receivedAt: readable(event.receivedAt),
    targets: event.targets.map((target) => targets.get(target) ?? plain(target)).join(', '),
    regions: event.regions.map((region) => plain(region.name ?? region.id)).join(', '),
  };
}
