/** Longest name, model or serial number seen is below 50 characters. */
const BEGIN = /^.{0,64}/u;

/**
 * A name of a device as people get to see it. Anyone on the network can send one: what hides or turns the text around
 * it (controls, marks of direction, line breaks) becomes a blank, and it ends where no real one is that long.
 */
export function label(raw: string | undefined): string | undefined {
  if (raw === undefined) return undefined;
  const visible = raw.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  const short = BEGIN.exec(visible)?.[0].trim() ?? '';
  return short === '' ? undefined : short;
}
