import type { AlarmError } from '../errors.js';
import type { AlarmEvent } from '../event.js';
import type { Limits } from '../limits.js';
import { describe, type Wording } from '../wording.js';
import { Telling, type TellingOptions } from './telling.js';

/** What people's own words make of an alarm, and why they cannot be used where they cannot. */
export interface Preview extends Wording {
  readonly problem?: AlarmError;
}

/** An alarm as one may come tonight, in the chosen words. */
export function previewOf(options: TellingOptions, limits: Limits): Preview {
  const telling = new Telling(options, limits);
  const { problem } = telling;
  const told = telling.alarm({ ...SAMPLE, ...describe(SAMPLE, telling.language) });
  return problem === undefined ? told : { ...told, problem };
}

const SAMPLE: AlarmEvent = {
  schema: 1,
  id: '019aa9d6c46400001a2b3c4d',
  vendor: 'isapi',
  transport: 'http-push',
  device: { id: '00:00:5e:00:53:01', name: 'Gate', mac: '00:00:5e:00:53:01', address: '192.0.2.7' },
  channel: 1,
  channelName: 'Gate',
  type: 'linedetection',
  kind: 'line-crossing',
  state: 'active',
  severity: 'high',
  time: '2026-11-22T23:15:30+01:00',
  receivedAt: '2026-11-22T22:15:31.204Z',
  targets: ['human'],
  regions: [{ id: '1' }],
  title: '',
  text: '',
  document: {},
};
