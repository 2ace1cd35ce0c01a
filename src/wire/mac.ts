/** As most devices write it, and as we do: not beginning with zeros or ones only. */
const USUAL_MAC = /^(?!00:00:00|ff:ff:ff)[\da-f]{2}(?::[\da-f]{2}){5}$/;

/** Twelve hexadecimal digits with or without separators; all zeros and all ones are no address (isapi.md §4). */
export function readMac(raw: string | undefined): string | undefined {
  if (raw === undefined) return undefined;
  if (USUAL_MAC.test(raw)) return raw;
  const digits = raw.replace(/[:.\s-]/g, '').toLowerCase();
  if (!/^[\da-f]{12}$/.test(digits) || digits === '000000000000' || digits === 'ffffffffffff')
    return undefined;
  return digits.replace(/..(?!$)/g, '$&:');
}
