const LF = 0x0a;
const CR = 0x0d;
const LINE_AND_DASHES = Buffer.from('\n--');

/** A document or picture that begins where a header line was expected: the blank line is missing. */
export function beginsBody(first: number, second: number | undefined): boolean {
  return first === 0x3c || first === 0x7b || first === 0x5b || (first === 0xff && second === 0xd8);
}

/** Place behind the line ends at `from`; none are looked for at `stop` and behind. */
export function lineEnds(bytes: Buffer, from: number, stop: number): number {
  let at = from;
  while (at < stop && (bytes[at] === CR || bytes[at] === LF)) at++;
  return at;
}

/** Place of the next line break with two dashes behind it. */
export function lineWithDashes(bytes: Buffer, from: number): number | undefined {
  const at = bytes.indexOf(LINE_AND_DASHES, from);
  return at < 0 ? undefined : at;
}

/** Where the text of the line from `start` to `end` ends, before its line end. */
export function textEnd(bytes: Buffer, start: number, end: number): number {
  let stop = end;
  if (stop > start && bytes[stop - 1] === LF) stop--;
  if (stop > start && bytes[stop - 1] === CR) stop--;
  return stop;
}

/** Whether the same bytes stand at both places. They are few: a call into native code takes longer than the loop. */
export function sameBytes(a: Buffer, inA: number, b: Buffer, inB: number, count: number): boolean {
  for (let at = 0; at < count; at++) if (a[inA + at] !== b[inB + at]) return false;
  return true;
}

/** Whether bytes end as documents do, whatever blanks are behind; blanks alone tell nothing. */
export const endsLikeDocument = (tail: Buffer) => /(?:^|[>}\]])[\s\0]*$/.test(tail.toString('latin1'));
