import type { AlarmError } from '../errors.js';
import type { PortState } from './http-port.js';

/** What is told of a listener: a port that is open is of no use while nothing can be kept. */
export class ListenerHealth {
  readonly #onState: (state: PortState) => void;
  #port: PortState = { state: 'closed' };
  #trouble: AlarmError | undefined;

  constructor(onState: (state: PortState) => void) {
    this.#onState = onState;
  }

  setPort(state: PortState): void {
    this.#port = state;
    this.#onState(this.#state);
  }

  setTrouble(trouble: AlarmError | undefined): void {
    this.#trouble = trouble;
    if (this.#port.state === 'listening') this.#onState(this.#state);
  }

  get #state(): PortState {
    const [port, error] = [this.#port, this.#trouble];
    return port.state === 'listening' && error !== undefined
      ? { state: 'blocked', port: port.port, error }
      : port;
  }
}
