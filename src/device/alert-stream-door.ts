import { AlarmError } from '../errors.js';
import type { StreamSink } from '../stream-sink.js';
import type { DeviceAnswer, DeviceClient } from './device-client.js';
import { readResponseStatus } from './response-status.js';

const PATH = '/ISAPI/Event/notification/alertStream';
/** The device's words for too many streams (isapi.md §1.9). */
const TOO_MANY = /^(?:deployExceedMax|armingFull)$/i;
/** Longest answer that says why there is no stream. */
const REASON_BYTES = 4_096;

/**
 * How to open the alertStream of a device (isapi.md §1).
 * @returns what opens it: resolves when the stream ended of itself, rejects with `STREAM_BUSY`, `STREAM_FORBIDDEN`,
 *   `STREAM_HTTP` or what the client says
 */
export function openAlertStream(
  client: DeviceClient,
): (sink: StreamSink, signal: AbortSignal) => Promise<void> {
  return async (sink, signal) => {
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
    const answer = await client.stream({ path: PATH, signal }, listener);
    // A page or a refusal may come with status 200 (isapi.md §10); a stream of parts without its name is one still.
    const isStream = answer.status === 200 && (multipart || /^--/m.test(begin.toString('latin1')));
    const refused = readResponseStatus(begin) !== undefined;
    if (!isStream || refused) throw refusalOf(answer.status === 200 ? { ...answer, body: begin } : answer);
  };
}

/** A terminal whose one stream is taken answers 404 with a ResponseStatus; a door station without any a plain 404. */
function refusalOf({ status, body }: DeviceAnswer): AlarmError {
  const said = readResponseStatus(body);
  const detail = said === undefined ? `status ${status}` : `status ${status}, ${said.reason}`;
  if (TOO_MANY.test(said?.reason ?? '') || status === 404) return new AlarmError('STREAM_BUSY', detail);
  return new AlarmError(status === 403 ? 'STREAM_FORBIDDEN' : 'STREAM_HTTP', detail);
}
