import { askDeviceInfo, type CheckedInfo } from '../device/device-info.js';
import { AlarmError } from '../errors.js';
import { type DeviceInfo, readClock, readDeviceInfo } from '../vendors/isapi/device-info.js';
import type { Check } from './check.js';
import { checkClock } from './doctor/clock.js';
import { checkDoors } from './doctor/door.js';
import { checkEvents } from './doctor/events.js';
import type { Denied } from './doctor/findings.js';
import { Inquiry, isLoginFailure, untold } from './doctor/inquiry.js';
import type { DoctorJob } from './doctor/job.js';
import { checkPush } from './doctor/push.js';
import { checkStream } from './doctor/stream.js';

export type { DoctorJob } from './doctor/job.js';

/**
 * Examines one device: why do no alarms come from it? Says in order what is right, what is wrong and what could not be
 * told, from its address to its alert stream. Changes nothing. Where it is let in no further it stops, after a refused
 * login above all: a wrong password is tried once. Settles within `doctorMs`.
 * @throws the reason of the job's signal; never for what a device does
 */
export async function examine(job: DoctorJob): Promise<Check[]> {
  job.signal?.throwIfAborted();
  const end = new AbortController();
  const giveUp = () => end.abort(job.signal?.reason);
  const inquiry = new Inquiry(job, end.signal);
  const late = () => end.abort(new AlarmError('DEVICE_TIMEOUT'));
  const cancel = job.clock.after(inquiry.limits.doctorMs, late);
  job.signal?.addEventListener('abort', giveUp);
  try {
    return await examination(inquiry);
  } catch (error) {
    // Refused in the middle, as when its password was changed just now.
    if (!isLoginFailure(error)) throw error;
    return [...checkDoors(job, error).checks];
  } finally {
    cancel();
    job.signal?.removeEventListener('abort', giveUp);
  }
}

async function examination(inquiry: Inquiry): Promise<Check[]> {
  const { job, limits } = inquiry;
  const info = await inquiry.attempt(() => ask(inquiry));
  const failure = info instanceof AlarmError ? info : undefined;
  const doors = checkDoors(job, failure);
  if (doors.shut) return [...doors.checks];
  const push = await checkPush(inquiry);
  const events = await checkEvents(inquiry);
  const denied = failure?.code === 'DEVICE_FORBIDDEN' ? 'reading' : (push.denied ?? events.denied);
  const skew = info instanceof AlarmError ? undefined : info.clockSkew;
  return inOrder([
    ...doors.checks,
    rightsOf(denied),
    checkClock(skew, job.clock.now(), limits.clockSkewMs),
    firmwareOf(info),
    ...push.checks,
    ...events.checks,
    await checkStream(inquiry, denied === 'reading'),
  ]);
}

/** What is told first, in the order in which people look for it; the rest stays as it is, behind it. */
const FIRST = [
  'reachable',
  'protocol',
  'tls',
  'login',
  'lock',
  'rights',
  'activated',
  'clock',
  'firmware',
  'isapi',
];

function inOrder(checks: Check[]): Check[] {
  const place = ({ id }: Check) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  return checks.sort((one, other) => place(one) - place(other));
}

function ask({ job: { client, clock }, signal }: Inquiry): Promise<CheckedInfo<DeviceInfo>> {
  return askDeviceInfo(client, { readInfo: readDeviceInfo, readClock }, { now: () => clock.now(), signal });
}

const RIGHTS = {
  reading:
    'The user may not read the settings of the device: give it the right to its parameters on the page for users.',
  changing:
    'The user may read the settings and not change them: give it that right, if Node-RED is to set the device up.',
} as const;

function rightsOf(denied: Denied | undefined): Check {
  const id = 'rights';
  return denied === undefined
    ? { id, result: 'ok', text: 'The user may read the settings of the device.' }
    : { id, result: 'problem', text: RIGHTS[denied] };
}

/** For whoever is to help: nothing is known of which one would be too old. */
function firmwareOf(info: DeviceInfo | AlarmError): Check {
  const id = 'firmware';
  if (info instanceof AlarmError) return { id, result: 'unknown', text: untold('Model and firmware', info) };
  const { model = 'unknown model', firmware } = info;
  return firmware === undefined
    ? { id, result: 'unknown', text: `${model}: the device does not say its firmware.` }
    : { id, result: 'ok', text: `${model}, firmware ${firmware}.` };
}
