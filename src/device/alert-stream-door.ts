import { AlarmError } from '../errors.js';
import type { StreamSink } from '../stream-sink.js';
import type { DeviceAnswer, DeviceClient, DeviceRequest } from './device-client.js';
import { readResponseStatus } from './response-status.js';
import { type SubscriptionWish, subscriptionOf } from './subscription.js';

const PLAIN: DeviceRequest = { path: '/ISAPI/Event/notification/alertStream' };
/** The device's words for too many streams (isapi.md §1.9). */
const TOO_MANY = /^(?:deployExceedMax|armingFull)$/i;
/** Longest answer that says why there is no stream. */
const REASON_BYTES = 4_096;

/**
 * How to open the alertStream of a device (isapi.md §1), or its subscribed one where it offers that (§1.13).
 * @param wish what to subscribe; undefined for the plain stream
 * @returns what opens it: resolves when the stream ended of itself, rejects with `STREAM_BUSY`, `STREAM_FORBIDDEN`,
 *   `STREAM_HTTP` or what the client says
 */
export function openAlertStream(
  client: DeviceClient,
  wish?: SubscriptionWish,
): (sink: StreamSink, signal: AbortSignal) => Promise<void> {
  const door = new AlertStreamDoor(client, wish);
  return (sink, signal) => door.open(sink, signal);
}

/** Remembers how a device wants to be asked. */
class AlertStreamDoor {
  readonly #client: DeviceClient;
  readonly #wish: SubscriptionWish | undefined;
  /** Undefined until the device has said whether it offers a subscription. */
  #request: DeviceRequest | undefined;
  /** The device did not answer that question: perhaps it is off, perhaps it cannot stand the question. */
  #unanswered = false;

  constructor(client: DeviceClient, wish: SubscriptionWish | undefined) {
    this.#client = client;
    this.#wish = wish;
    if (wish === undefined) this.#request = PLAIN;
  }

  async open(sink: StreamSink, signal: AbortSignal): Promise<void> {
    const request = this.#request ?? (await this.#findOut(signal));
    let opened = false;
    let bytes = 0;
    const listener: StreamSink = {
      open: (headers) => {
        opened = true;
        // It streams, though it did not say how it could: it is not asked again.
        this.#request = request;
        sink.open(headers);
      },
      data: (chunk) => {
        bytes += chunk.length;
        sink.data(chunk);
      },
    };
    try {
      let refused = await this.#stream(request, listener, signal);
      if (refused !== undefined && request !== PLAIN && isFinal(refused)) {
        // What it offers it does not give.
        this.#request = PLAIN;
        refused = await this.#stream(PLAIN, sink, signal);
      }
      if (refused !== undefined) throw refusalOf(refused);
    } finally {
      this.#unanswered = false;
      // A subscription that never said anything is none.
      if (opened && bytes === 0) this.#request = PLAIN;
    }
  }

  async #findOut(signal: AbortSignal): Promise<DeviceRequest> {
    if (this.#unanswered || this.#wish === undefined) return PLAIN;
    this.#unanswered = true;
    const body = await subscriptionOf(this.#client, this.#wish, signal);
    this.#request =
      body === undefined ? PLAIN : { method: 'POST', path: '/ISAPI/Event/notification/subscribeEvent', body };
    return this.#request;
  }

  /** Until it ends. @returns an answer that was no stream */
  async #stream(
    request: DeviceRequest,
    sink: StreamSink,
    signal: AbortSignal,
  ): Promise<DeviceAnswer | undefined> {
    let multipart = false;
    let begin = Buffer.alloc(0);
    const listener: StreamSink = {
      open: (headers) => {
        multipart = /^\s*multipart\//i.test(headers.get('content-type') ?? '');
        sink.open(headers);
      },
      data: (chunk) => {
        if (begin.length < REASON_BYTES && !multipart)
          begin = Buffer.concat([begin, chunk.subarray(0, REASON_BYTES)]);
        sink.data(chunk);
      },
    };
    const answer = await this.#client.stream({ ...request, signal }, listener);
    // A page or a refusal may come with status 200 (isapi.md §10); a stream of parts without its name is one still.
    const isStream = answer.status === 200 && (multipart || /^--/m.test(begin.toString('latin1')));
    const refused = readResponseStatus(begin) !== undefined;
    if (isStream && !refused) return undefined;
    return answer.status === 200 ? { ...answer, body: begin } : answer;
  }
}

/** Whether asking once more would be answered the same: not while it boots or all its streams are taken. */
const isFinal = ({ status, body }: DeviceAnswer) =>
  (status < 500 || status === 501) && !TOO_MANY.test(readResponseStatus(body)?.reason ?? '');

/** A terminal whose one stream is taken answers 404 with a ResponseStatus; a door station without any a plain 404. */
function refusalOf({ status, body }: DeviceAnswer): AlarmError {
  const said = readResponseStatus(body);
  const detail = said === undefined ? `status ${status}` : `status ${status}, ${said.reason}`;
  if (TOO_MANY.test(said?.reason ?? '') || status === 404) return new AlarmError('STREAM_BUSY', detail);
  return new AlarmError(status === 403 ? 'STREAM_FORBIDDEN' : 'STREAM_HTTP', detail);
}
