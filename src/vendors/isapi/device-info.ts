import type { Limits } from '../../limits.js';
import { readDeviceDocument } from '../../wire/device-document.js';
import { put, text } from '../../wire/fields.js';
import { label } from '../../wire/label.js';
import { readMac } from '../../wire/mac.js';
import { readDeviceTime } from './device-time.js';

/** What a device says it is. */
export interface DeviceInfo {
  name?: string;
  model?: string;
  serial?: string;
  mac?: string;
  /** With its build, as `V5.4.5 build 170124`. */
  firmware?: string;
}

/** Reads `/ISAPI/System/deviceInfo`, XML or JSON; undefined for anything else. Never throws. */
export function readDeviceInfo(body: Buffer, limits: Limits, contentType?: string): DeviceInfo | undefined {
  const fields = readDeviceDocument(body, 'DeviceInfo', limits, contentType);
  const info: DeviceInfo = {};
  put(info, 'name', label(text(fields, 'deviceName')));
  put(info, 'model', label(text(fields, 'model')));
  put(info, 'serial', label(text(fields, 'serialNumber')));
  put(info, 'mac', readMac(text(fields, 'macAddress')));
  const build = text(fields, 'firmwareReleasedDate') ?? '';
  put(info, 'firmware', label(`${text(fields, 'firmwareVersion') ?? ''} ${build}`));
  // A page of another program may hold a name, but none of these.
  const { model, serial, firmware } = info;
  return model === undefined && serial === undefined && firmware === undefined ? undefined : info;
}

/**
 * Reads `/ISAPI/System/time`: milliseconds since 1970 by the clock of the device. Undefined when it does not say how
 * its time relates to ours. Never throws.
 */
export function readClock(body: Buffer, limits: Limits, contentType?: string): number | undefined {
  const fields = readDeviceDocument(body, 'Time', limits, contentType);
  const time = readDeviceTime(text(fields, 'localTime') ?? '');
  if (time === undefined || time.epoch !== undefined) return time?.epoch;
  const zone = readZone(text(fields, 'timeZone') ?? '');
  return zone === undefined ? undefined : Date.parse(`${time.iso}Z`) - zone * 60_000;
}

/**
 * Minutes east of Greenwich of a POSIX zone, whose sign is the other way round: `CST-8:00:00` is +08:00 (isapi.md §6).
 * One with summer time says two; which of them counts is not guessed.
 */
function readZone(raw: string): number | undefined {
  const match = /^[a-z]{3,10}([+-]?)(\d{1,2})(?::([0-5]\d))?(?::[0-5]\d)?$/i.exec(raw);
  if (match === null || Number(match[2]) > 24) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? minutes : -minutes;
}
