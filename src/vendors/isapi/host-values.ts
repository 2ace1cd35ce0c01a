/** Elements of a slot that hold an address. */
const ADDRESSES = new Set(['hostName', 'ipAddress', 'ipv6Address']);

/**
 * Whether a device that shows one value in a slot has what it was told: some write it in their own way, and some do not
 * give a user name back, as none does a password.
 * @param path of the element in the slot
 * @param shown undefined when there is no such element
 */
export function isSameValue(path: string, shown: string | undefined, told: string): boolean {
  if (shown === undefined || shown === '') return shown === told || path === 'userName';
  if (ADDRESSES.has(path)) return canonicalHost(shown) === canonicalHost(told);
  if (path === 'url' && URL.canParse(shown) && URL.canParse(told))
    return new URL(shown).href === new URL(told).href;
  if (path === 'eventType') return areSameTypes(typesIn(shown), typesIn(told));
  return shown.toLowerCase() === told.toLowerCase();
}

/** An address in the one way to write it (RFC 5952), so that two of them can be compared; names in small letters. */
export function canonicalHost(host: string): string {
  const plain = host.trim().replace(/^\[|\]$/g, '');
  const url = `http://[${plain}]/`;
  return plain.includes(':') && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : plain.toLowerCase();
}

/** Several event types in one text (seed 001). */
export const typesIn = (text: string): string[] =>
  text
    .split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '');

/** In any order, as devices sort them. */
export const areSameTypes = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((type) => others.includes(type));
