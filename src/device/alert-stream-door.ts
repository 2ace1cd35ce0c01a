import { AlarmError, type AlarmErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import type { StreamSink } from '../stream-sink.js';
import type { DeviceAnswer, DeviceClient, DeviceRequest } from './device-client.js';
import { readResponseStatus } from './response-status.js';
import { type SubscriptionWish, subscriptionOf } from './subscription.js';

const PLAIN: DeviceRequest = { path: '/ISAPI/Event/notification/alertStream' };
/** The device's words for too many streams (isapi.md §1.9). */
const TOO_MANY = /^(?:deployExceedMax|armingFull)$/i;
/** A device that is off says it in other words. */
const NO_ANSWER: ReadonlySet<AlarmErrorCode> = new Set([
  'DEVICE_TIMEOUT',
  'DEVICE_ANSWER_BROKEN',
  'DEVICE_ANSWER_TOO_LARGE',
  'STREAM_HTTP',
]);
/** So often a device is asked whether it offers a subscription that does not answer. */
const QUESTIONS = 3;
/** Longest answer that says why there is no stream. */
const REASON_BYTES = 4_096;

/**
 * How to open the alertStream of a device (isapi.md §1), or its subscribed one where it offers that (§1.13).
 * @param wish what to subscribe; undefined for the plain stream
 * @returns what opens it: resolves when the stream ended of itself, rejects with `STREAM_BUSY`, `STREAM_MISSING`,
 *   `STREAM_FORBIDDEN`, `STREAM_HTTP`, `DEVICE_REDIRECTS` or what the client says
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
  #unanswered = 0;

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
        sink.open(headers);
      },
      data: (chunk) => {
        bytes += chunk.length;
        sink.data(chunk);
      },
    };
    try {
      let refused = await this.#stream(request, listener, signal);
      if (refused !== undefined && request !== PLAIN && isFinal(refused, this.#client.generalLimits)) {
        // What it offers it does not give.
        this.#request = PLAIN;
        refused = await this.#stream(PLAIN, sink, signal);
      }
      if (refused !== undefined) throw refusalOf(refused, this.#client.generalLimits);
    } finally {
      // A subscription that never said anything is none.
      if (request !== PLAIN && opened && bytes === 0) this.#request = PLAIN;
    }
  }

  /** The plain stream is there for a device that cannot stand the question; one that was busy is asked again. */
  async #findOut(signal: AbortSignal): Promise<DeviceRequest> {
    try {
      const body = this.#wish && (await subscriptionOf(this.#client, this.#wish, signal));
      const path = '/ISAPI/Event/notification/subscribeEvent';
      this.#request = body === undefined ? PLAIN : { method: 'POST', path, body };
      return this.#request;
    } catch (error) {
      if (!(error instanceof AlarmError) || !NO_ANSWER.has(error.code)) throw error;
      if (++this.#unanswered >= QUESTIONS) this.#request = PLAIN;
      return PLAIN;
    }
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
    const refused = readResponseStatus(begin, this.#client.generalLimits) !== undefined;
    if (isStream && !refused) return undefined;
    return answer.status === 200 ? { ...answer, body: begin } : answer;
  }
}

/** Whether asking once more would be answered the same: not while it boots or all its streams are taken. */
const isFinal = ({ status, body }: DeviceAnswer, limits: Limits) =>
  (status < 500 || status === 501) && !TOO_MANY.test(readResponseStatus(body, limits)?.reason ?? '');

/**
 * A terminal whose one stream is taken answers 404 with a ResponseStatus; a door station without any a plain 404, or
 * that it does not support it.
 */
function refusalOf({ status, body }: DeviceAnswer, limits: Limits): AlarmError {
  const said = readResponseStatus(body, limits);
  const detail = said === undefined ? `status ${status}` : `status ${status}, ${said.reason}`;
  const unsupported = /notSupport/i.test(said?.reason ?? '');
  if (unsupported || (status === 404 && said === undefined)) return new AlarmError('STREAM_MISSING', detail);
  if (TOO_MANY.test(said?.reason ?? '') || status === 404) return new AlarmError('STREAM_BUSY', detail);
  if (status >= 300 && status < 400) return new AlarmError('DEVICE_REDIRECTS', detail);
  return new AlarmError(status === 403 ? 'STREAM_FORBIDDEN' : 'STREAM_HTTP', detail);
}
