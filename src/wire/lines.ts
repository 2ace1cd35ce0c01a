const LF = 0x0a;
const CR = 0x0d;
const LINE_AND_DASHES = Buffer.from('\n--');

/** A document or picture that begins where a header line was expected: the blank line is missing. */
export function beginsBody(first: number, second: number | undefined): boolean {
  return first === 0x3c || first === 0x7b || first === 0x5b || (first === 0xff && second === 0xd8);
}

/** How many bytes at the start are line ends, at most so many. */
export function lineEnds(bytes: Buffer, most: number): number {
  let at = 0;
  while (at < most && (bytes[at] === CR || bytes[at] === LF)) at++;
  return at;
}

/** Place of the next line break with two dashes behind it. */
export function lineWithDashes(bytes: Buffer, from: number): number | undefined {
  const at = bytes.indexOf(LINE_AND_DASHES, from);
  return at < 0 ? undefined : at;
}

/** Length of a line without its line end. */
export function textLength(line: Buffer): number {
  let end = line.length;
  if (line[end - 1] === LF) end--;
  if (line[end - 1] === CR) end--;
  return end;
}

/** Whether the same bytes stand at both places. They are few: a call into native code takes longer than the loop. */
export function sameBytes(a: Buffer, inA: number, b: Buffer, inB: number, count: number): boolean {
  for (let at = 0; at < count; at++) if (a[inA + at] !== b[inB + at]) return false;
  return true;
}

/** Whether bytes end as documents do, whatever blanks are behind; blanks alone tell nothing. */
export const endsLikeDocument = (tail: Buffer) => /(?:^|[>}\]])[\s\0]*$/.test(tail.toString('latin1'));
