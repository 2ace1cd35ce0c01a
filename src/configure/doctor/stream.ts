import { openAlertStream } from '../../device/alert-stream-door.js';
import { AlarmError } from '../../errors.js';
import type { Check } from '../check.js';
import { type Inquiry, untold } from './inquiry.js';
import type { DoctorJob } from './job.js';

const id = 'stream';

/**
 * Whether the alertStream opens and says anything within bounded time: a heartbeat comes every 10 seconds
 * (isapi.md §2.3). Closed again at once, as devices give but few of them; not opened when we have one already.
 * @param denied whether the user may read nothing, of which the stream would be no problem of its own
 */
export async function checkStream(inquiry: Inquiry, denied: boolean): Promise<Check> {
  const { streamState = 'closed' } = inquiry.job;
  if (streamState !== 'closed') return OWN[streamState];
  const { client, clock } = inquiry.job;
  const heard = new AlarmError('STREAM_ENDED');
  const silent = new AlarmError('STREAM_SILENT');
  const call = new AbortController();
  const giveUp = () => call.abort(inquiry.signal.reason);
  let cancel: () => void = () => undefined;
  let multipart = false;
  const sink = {
    open: (headers: ReadonlyMap<string, string>) => {
      multipart = /^\s*multipart\//i.test(headers.get('content-type') ?? '');
      cancel = clock.after(inquiry.limits.doctorBeatMs, () => call.abort(silent));
    },
    // A page or a refusal ends of itself, and is told apart then.
    data: (chunk: Buffer) => {
      if (multipart || /^\s*--/.test(chunk.toString('latin1'))) call.abort(heard);
    },
  };
  inquiry.signal.addEventListener('abort', giveUp);
  try {
    const ended = await inquiry.attempt(async () => {
      inquiry.signal.throwIfAborted();
      await openAlertStream(client)(sink, call.signal);
      return new AlarmError('STREAM_ENDED');
    });
    if (ended === heard) return { id, result: 'ok', text: 'The alert stream opens and beats.' };
    return failed(ended, denied);
  } finally {
    cancel();
    inquiry.signal.removeEventListener('abort', giveUp);
  }
}

function failed(failure: AlarmError, denied: boolean): Check {
  // Nothing is wrong with one that pushes instead.
  if (failure.code === 'STREAM_MISSING')
    return { id, result: 'unknown', text: 'The device has no alert stream: let it push to a listener.' };
  const text = denied && failure.code === 'STREAM_FORBIDDEN' ? undefined : WORDS[failure.code];
  return text === undefined
    ? { id, result: 'unknown', text: untold('Whether the alert stream works', failure) }
    : { id, result: 'problem', text };
}

const WORDS: Readonly<Record<string, string>> = {
  STREAM_BUSY:
    'The device gives no alert stream, usually as others have all of them: end other programs, or wait two minutes.',
  STREAM_ENDED: 'The device ends its alert stream at once: restart it, and update its firmware.',
  STREAM_FORBIDDEN:
    'The user may not read the alert stream: give it the right to be notified on the page for users.',
  STREAM_HTTP: 'The device gives no alert stream: let it push to a listener instead.',
  STREAM_SILENT: 'The alert stream opens but stays silent: restart the device, and update its firmware.',
};

/** What is known from our own stream. */
const OWN: Readonly<Record<Exclude<DoctorJob['streamState'], 'closed' | undefined>, Check>> = {
  online: { id, result: 'ok', text: 'The alert stream is open and beats.' },
  connecting: { id, result: 'unknown', text: 'The alert stream is being opened: look again in a moment.' },
  stale: { id, result: 'problem', text: 'The alert stream fell silent: see whether the device still works.' },
  offline: {
    id,
    result: 'problem',
    text: 'The alert stream is interrupted and tried again: the alertstream node says why.',
  },
  'auth-failed': {
    id,
    result: 'problem',
    text: 'The device refuses the alert stream: check the login and the rights of the user.',
  },
};
