import type { Clock } from '../clock.js';
import type { AlarmError } from '../errors.js';
import { asAlarmError } from '../errors.js';
import type { Alarm } from '../event.js';
import type { Limits } from '../limits.js';
import { emailMessage, fitForMail } from './email.js';
import { HomeAssistant } from './home-assistant.js';
import { type Incoming, type Message, readIncoming, type State } from './incoming.js';
import type { Outgoing } from './message.js';
import { mqttAlarm, mqttState, type Pictures } from './mqtt.js';
import { restoredAlarm } from './restore.js';
import { fitForTelegram, telegramMessages } from './telegram.js';
import { Telling, type TellingOptions } from './telling.js';

/** Whose node takes the message. */
export type FormatTarget = 'email' | 'telegram' | 'mqtt' | 'homeassistant' | 'alarm';

/** What people choose; '' where they leave it to us. */
export interface FormatOptions extends TellingOptions {
  readonly target: FormatTarget;
  /** Addresses of a mail. */
  readonly to: string;
  /** Telegram: one chat or a comma list. */
  readonly chatId: string;
  /** MQTT: what all topics begin with. */
  readonly topicPrefix: string;
  /** MQTT: where the pictures go. */
  readonly pictures: Pictures;
}

/** Makes of an alarm, or of the state of a device, the messages that the node of a target takes as they are. */
export class Formatter {
  /** Why people's own words cannot be used; ours are then. */
  readonly problem: AlarmError | undefined;
  readonly #options: FormatOptions;
  readonly #telling: Telling;
  readonly #home: HomeAssistant;
  readonly #limits: Limits;

  /** @param say is given messages that are due later, without one that came */
  constructor(options: FormatOptions, say: (messages: Outgoing[]) => void, clock: Clock, limits: Limits) {
    this.#options = options;
    this.#telling = new Telling(options, limits);
    this.problem = this.#telling.problem;
    this.#home = new HomeAssistant(options.topicPrefix, this.#telling.language, say, clock, limits);
    this.#limits = limits;
  }

  /**
   * @returns what goes out, in this order; the last one is the message that came, and none is when there is nothing to say
   * @throws AlarmError `NOT_AN_ALARM`, `CHAT_MISSING`
   */
  format(message: Message): Outgoing[] {
    if (this.#options.target === 'alarm') return [restoredAlarm(message.payload, this.#limits)];
    try {
      return this.#made(readIncoming(message));
    } catch (error) {
      // A part of the event that a flow has changed is not what it has to be.
      throw asAlarmError(error, 'NOT_AN_ALARM');
    }
  }

  close(): void {
    this.#home.close();
  }

  #made(incoming: Incoming): Outgoing[] {
    const { target, topicPrefix, pictures } = this.#options;
    const telling = this.#telling;
    if ('alarm' in incoming) {
      const { alarm } = incoming;
      // Programs read it: unless another language is wanted, each word is as it was.
      const words = this.#options.language === '' ? alarm.event : telling.usual(alarm.event);
      if (target === 'mqtt') return mqttAlarm(alarm, words, topicPrefix, pictures);
      if (target === 'homeassistant') return this.#home.alarm(alarm, telling.usual(alarm.event));
      return this.#forPeople(telling.alarm(alarm.event), alarm);
    }
    const { state } = incoming;
    if (target === 'mqtt') return [mqttState(state, telling.state(state), topicPrefix)];
    if (target === 'homeassistant') return this.#home.state(state, telling.state(state));
    return this.#forPeople(telling.state(state), state);
  }

  #forPeople(
    { title, text }: { readonly title: string; readonly text: string },
    { attachments }: Pick<Alarm, 'attachments'> | Pick<State, 'attachments'>,
  ): Outgoing[] {
    const { target, to, chatId } = this.#options;
    if (target === 'email') {
      const { sent, leftOut } = fitForMail(attachments, this.#limits);
      const words = { title, text: text + this.#telling.leftOut(leftOut) };
      return [emailMessage(words, sent, to, this.#telling.language)];
    }
    const fit = fitForTelegram(attachments, this.#limits);
    return telegramMessages(text, this.#telling.leftOut(fit.leftOut), fit, chatId, this.#limits);
  }
}
