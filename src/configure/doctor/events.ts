import { AlarmError } from '../../errors.js';
import { type DetectorSettings, detectorOf } from '../../vendors/isapi/detectors.js';
import type { Trigger } from '../../vendors/isapi/triggers.js';
import type { Check } from '../check.js';
import { DeviceTriggers } from '../device-triggers.js';
import { DeviceDetectors } from './device-detectors.js';
import type { Findings } from './findings.js';
import { type Inquiry, untold } from './inquiry.js';

/** Comes without notifying the center (isapi.md §9.1). */
const NEEDS_NO_CENTER = /^peoplecounting$/i;

/**
 * Of each event whether it notifies us, is on, is armed at any time and has a place to look at (isapi.md §9). Nobody
 * but the owner knows which are wanted: those that were named, else each that is on or notifies.
 */
export async function checkEvents(inquiry: Inquiry): Promise<Findings> {
  const { client, events = [] } = inquiry.job;
  const triggers = await inquiry.attempt(() => new DeviceTriggers(client, inquiry.signal).list(events));
  if (triggers instanceof AlarmError) {
    const text = untold('Which events notify us', triggers);
    const denied = triggers.code === 'DEVICE_FORBIDDEN';
    return {
      checks: [{ id: 'linkage', result: 'unknown', text }],
      ...(denied && { denied: 'reading' }),
    };
  }
  const named = (trigger: Trigger, name: string) =>
    [trigger.id, trigger.eventType].some((own) => own.toLowerCase() === name.toLowerCase());
  const wanted =
    events.length === 0
      ? triggers
      : triggers.filter((trigger) => events.some((name) => named(trigger, name)));
  const checks: Check[] = events
    .filter((name) => !triggers.some((trigger) => named(trigger, name)))
    .map((name) => ({
      id: idOf('linkage', name),
      result: 'problem',
      text: `${name}: the device has no such event: check how it is written.`,
    }));
  const detectors = new DeviceDetectors(inquiry);
  let left = inquiry.limits.doctorDetectors;
  for (const trigger of wanted) {
    const look = detectorOf(trigger.eventType) !== undefined && left-- > 0;
    checks.push(...(await checkEvent(trigger, events.length > 0, look ? detectors : undefined)));
  }
  return { checks };
}

/**
 * @param chosen whether the owner named it
 * @param detectors undefined for an event whose settings are not looked at
 */
async function checkEvent(
  trigger: Trigger,
  chosen: boolean,
  detectors: DeviceDetectors | undefined,
): Promise<readonly Check[]> {
  const channel = channelOf(trigger);
  const detector = detectorOf(trigger.eventType);
  const settings = detector && (await detectors?.settings(detector, channel));
  const linkage = checkLinkage(trigger, chosen, settings?.enabled);
  // Neither on nor linked: nobody wants it, and there is nothing more to say of it.
  const idle = !trigger.center && settings?.enabled !== true && !chosen;
  if (idle || detector === undefined) return [linkage];
  const enabled = checkEnabled(trigger, settings);
  if (settings?.enabled !== true) return [linkage, enabled];
  const armed = await detectors?.armed(detector, channel);
  return [linkage, enabled, checkSchedule(trigger, armed), ...checkRegion(trigger, settings)];
}

/** Digits, also where the trigger names it in its id alone: it becomes a part of a path. */
const channelOf = ({ id, channel }: Trigger) =>
  /^\d+$/.exec(channel ?? '')?.[0] ?? /\d+$/.exec(id)?.[0] ?? '1';

const idOf = (what: string, id: string) => `${what}-${id.replace(/[^\w.-]+/g, '-')}`;

/** How an event is called in front of what is said of it. */
function nameOf({ eventType, channel }: Trigger): string {
  const detector = detectorOf(eventType);
  const name = detector === undefined ? eventType : `${detector.name} (${eventType})`;
  return channel === undefined ? name : `${name}, channel ${channel}`;
}

function checkLinkage(trigger: Trigger, chosen: boolean, on: boolean | undefined): Check {
  const id = idOf('linkage', trigger.id);
  const name = nameOf(trigger);
  if (trigger.center) return { id, result: 'ok', text: `${name}: notifies the surveillance center.` };
  if (NEEDS_NO_CENTER.test(trigger.eventType))
    return { id, result: 'ok', text: `${name}: is sent without further settings.` };
  if (chosen || on === true) {
    const text = `${name}: is not sent: switch on "Notify Surveillance Center" in its linkage.`;
    return { id, result: 'problem', text, fix: 'linkage' };
  }
  const state = on === false ? 'is off and not sent' : 'is not sent';
  const text = `${name}: ${state}: if it is wanted, switch on "Notify Surveillance Center" in its linkage.`;
  return { id, result: 'unknown', text, fix: 'linkage' };
}

function checkEnabled(trigger: Trigger, settings: DetectorSettings | undefined): Check {
  const id = idOf('enabled', trigger.id);
  const name = nameOf(trigger);
  if (settings === undefined)
    return { id, result: 'unknown', text: `${name}: whether it is on could not be told.` };
  return settings.enabled
    ? { id, result: 'ok', text: `${name}: is on.` }
    : { id, result: 'problem', text: `${name}: is off: switch it on in the settings of the device.` };
}

function checkSchedule(trigger: Trigger, armed: boolean | undefined): Check {
  const id = idOf('schedule', trigger.id);
  const name = nameOf(trigger);
  if (armed === undefined)
    return { id, result: 'unknown', text: `${name}: when it is armed could not be told.` };
  return armed
    ? { id, result: 'ok', text: `${name}: has hours at which it is armed.` }
    : { id, result: 'problem', text: `${name}: is never armed: enter hours in its arming schedule.` };
}

/** Nothing for one that needs no place, or does not say. */
function checkRegion(trigger: Trigger, { drawn }: DetectorSettings): readonly Check[] {
  const id = idOf('region', trigger.id);
  const name = nameOf(trigger);
  if (drawn === undefined) return [];
  if (drawn) return [{ id, result: 'ok', text: `${name}: has a place to look at.` }];
  const text = `${name}: looks nowhere: draw its line or region in the settings of the device.`;
  return [{ id, result: 'problem', text }];
}
