import { type FormatOptions, Formatter } from '../../src/format/formatter.js';
import type { Outgoing } from '../../src/format/message.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import { ManualClock } from '../support/manual-clock.js';

/** As a new node has them, for a target. */
export const options = (values: Partial<FormatOptions> = {}): FormatOptions => ({
  target: 'email',
  to: '',
  chatId: '123456789',
  topicPrefix: '',
  subject: '',
  template: '',
  language: '',
  usualLanguage: 'en-US',
  pictures: 'topics',
  ...values,
});

export interface Trial {
  readonly formatter: Formatter;
  readonly clock: ManualClock;
  /** What came later, of its own. */
  readonly later: Outgoing[][];
}

export function trial(values: Partial<FormatOptions> = {}, limits: Partial<Limits> = {}): Trial {
  const clock = new ManualClock();
  const later: Outgoing[][] = [];
  const say = (messages: Outgoing[]) => later.push(messages);
  return { formatter: new Formatter(options(values), say, clock, { ...LIMITS, ...limits }), clock, later };
}

/** The state of a device, as its second output says it. */
export const stateOf = (event: string, more: object = {}) => ({
  topic: 'isapi/00-00-5e-00-53-01/state',
  payload: {
    event,
    device: { id: '00:00:5e:00:53:01', name: 'Gate' },
    since: '2026-11-22T07:15:31.204Z',
    ...more,
  },
});
