import type { DeviceBehaviour } from './device-behaviour.js';

export const LOGIN_PAGE =
  '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"><title>Login</title></head>\n<body><form id="login"><input name="username"><input name="password" type="password"></form>\n</body>\n</html>\n';

/** Asked for by nobody. */
export const OTHER_DOCUMENT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<DeviceStatus version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\n<deviceUpTime>4711</deviceUpTime>\n</DeviceStatus>\n';

/** What the web server of a device says of what it does not know. */
export const barePage = (status: number): string =>
  `<html><head><title>Document Error: ${status}</title></head>\n<body><h2>Access Error: ${status}</h2></body></html>\n`;

const page = (root: string, namespace: string, ...lines: readonly string[]) =>
  ['<?xml version="1.0" encoding="UTF-8"?>', `<${root} ${namespace}>`, ...lines, `</${root}>`, ''].join('\n');

/** `/ISAPI/System/deviceInfo` (isapi.md §10). */
export function deviceInfo({ who, model, firmware }: DeviceBehaviour, namespace: string): string {
  return page(
    'DeviceInfo',
    namespace,
    '<deviceName>Simulated</deviceName>',
    '<deviceID>1</deviceID>',
    `<model>${model}</model>`,
    `<serialNumber>${who.serial}</serialNumber>`,
    `<macAddress>${who.mac}</macAddress>`,
    `<firmwareVersion>${firmware[0]}</firmwareVersion>`,
    `<firmwareReleasedDate>${firmware[1]}</firmwareReleasedDate>`,
  );
}

/**
 * `/ISAPI/System/time`: the local time with its offset, and the zone in POSIX notation, whose sign is the other way
 * round (isapi.md §6).
 * @param now milliseconds since 1970 by the clock of the device
 */
export function deviceTime({ zone }: DeviceBehaviour, namespace: string, now: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(zone);
  const offset = `${two(size / 60)}:${two(size % 60)}`;
  const local = new Date(now + zone * 60_000).toISOString().slice(0, 19);
  return page(
    'Time',
    namespace,
    '<timeMode>manual</timeMode>',
    `<localTime>${local}${zone < 0 ? '-' : '+'}${offset}</localTime>`,
    `<timeZone>CST${zone < 0 ? '+' : '-'}${Math.floor(size / 60)}:${two(size % 60)}:00</timeZone>`,
  );
}
