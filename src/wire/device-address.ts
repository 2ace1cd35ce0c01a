/** An IPv4 address that one device can have, as it says it itself; a device without one says 0.0.0.0. */
export function readDeviceAddress(raw: string | undefined): string | undefined {
  const parts = raw?.split('.') ?? [];
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  const first = Number(parts[0]);
  return first === 0 || first === 127 || first > 223 ? undefined : raw;
}
