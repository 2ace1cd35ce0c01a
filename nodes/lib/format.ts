import type { NodeAPI } from 'node-red';
import type { FormatOptions, FormatTarget, Pictures, TellingOptions } from '../../src/index.js';
import { nodeRedLanguage } from './emitter.js';
import { type Raw, readText } from './settings.js';

/** Properties of `alarm-format` that say in which words, as they stand in a flow and in its dialog. */
export interface WordsConfig {
  readonly subject?: Raw;
  readonly template?: Raw;
  readonly language?: Raw;
}

/** Properties of `alarm-format` in a flow. */
export interface FormatConfig extends WordsConfig {
  readonly target?: Raw;
  readonly to?: Raw;
  readonly chatId?: Raw;
  readonly topicPrefix?: Raw;
  readonly pictures?: Raw;
}

const TARGETS: readonly FormatTarget[] = ['email', 'telegram', 'mqtt', 'homeassistant', 'alarm'];
const PICTURES: readonly Pictures[] = ['topics', 'inside', 'none'];

/** Which words people chose. */
export function readWords(config: WordsConfig, RED: NodeAPI): TellingOptions {
  return {
    subject: readText(config.subject),
    template: readText(config.template),
    language: readText(config.language),
    usualLanguage: nodeRedLanguage(RED),
  };
}

/** What is missing or unknown is e-mail, with the pictures on topics of their own where they go to MQTT. */
export function readFormat(config: FormatConfig, RED: NodeAPI): FormatOptions {
  return {
    ...readWords(config, RED),
    target: oneOf(TARGETS, config.target) ?? 'email',
    to: readText(config.to),
    chatId: readText(config.chatId),
    topicPrefix: readText(config.topicPrefix),
    pictures: oneOf(PICTURES, config.pictures) ?? 'topics',
  };
}

function oneOf<Word extends string>(words: readonly Word[], value: Raw): Word | undefined {
  const word = readText(value).toLowerCase();
  return words.find((each) => each === word);
}
