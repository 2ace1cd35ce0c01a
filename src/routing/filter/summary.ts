import type { AlarmEvent } from '../../event.js';
import { severityOf } from '../../severity.js';
import { describeStorm } from '../../wording.js';
import type { Storm } from './memory.js';

/**
 * An alarm that stands for many which were held back.
 * @param now milliseconds since 1970
 */
export function stormEvent(
  { event, count, from, to }: Storm,
  id: string,
  now: number,
  language: string,
): AlarmEvent {
  const {
    correlationId: _correlation,
    duration: _duration,
    count: _count,
    timeRaw: _raw,
    clockSkew: _skew,
    pictureUrls: _urls,
    redelivered: _again,
    truncated: _cut,
    history: _history,
    ...last
  } = event;
  const time = new Date(now).toISOString();
  const summary = { count, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  // One kept by an earlier version has none.
  const { severity = severityOf(last) } = last as Partial<AlarmEvent>;
  const words = describeStorm(event, summary, language);
  return { ...last, id, state: 'pulse', time, receivedAt: time, severity, summary, ...words };
}
