import { crc32 } from 'node:zlib';

/** Bytes of a segment's own mark, which stands before each of its records and in its file name. */
export const MARK_BYTES = 8;
/** Mark, kind, number, length, checksum of the body, checksum of all before it. */
export const HEAD_BYTES = MARK_BYTES + 1 + 8 + 4 + 4 + 4;

/** What a record is: something that is kept, or the numbers of what need not be kept any more. */
export const KIND = { kept: 0x4b, settled: 0x53 } as const;
export type RecordKind = (typeof KIND)[keyof typeof KIND];

const KINDS: ReadonlySet<number> = new Set(Object.values(KIND));
const AT = { kind: 8, number: 9, length: 17, bodySum: 21, headSum: 25 } as const;
/** Of a number in the body of a {@link KIND.settled} record. */
const NUMBER_BYTES = 8;

/** A record as found in a segment. */
export interface FoundRecord {
  readonly kind: RecordKind;
  /** Counts up over all segments; 0 for what is no event. */
  readonly number: number;
  /** Of its head in the segment. */
  readonly offset: number;
  readonly body: Buffer;
}

/** The head of a record (own format). @param body in pieces, as it is written behind the head */
export function recordHead(
  mark: Buffer,
  kind: RecordKind,
  number: number,
  body: readonly Uint8Array[],
): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  mark.copy(head);
  head[AT.kind] = kind;
  head.writeBigUInt64LE(BigInt(number), AT.number);
  let [length, sum] = [0, 0];
  for (const piece of body) {
    length += piece.length;
    sum = crc32(piece, sum);
  }
  head.writeUInt32LE(length, AT.length);
  head.writeUInt32LE(sum, AT.bodySum);
  head.writeUInt32LE(crc32(head.subarray(0, AT.headSum)), AT.headSum);
  return head;
}

/** The body of a record that settles those with these numbers. */
export function settledBody(numbers: readonly number[]): Buffer {
  const body = Buffer.allocUnsafe(numbers.length * NUMBER_BYTES);
  for (const [index, number] of numbers.entries())
    body.writeBigUInt64LE(BigInt(number), index * NUMBER_BYTES);
  return body;
}

/** The numbers in the body of a record of kind {@link KIND.settled}. */
export function settledNumbers(body: Buffer): number[] {
  return Array.from({ length: Math.floor(body.length / NUMBER_BYTES) }, (_, index) =>
    Number(body.readBigUInt64LE(index * NUMBER_BYTES)),
  );
}

/**
 * The whole records of a segment, in order. A damaged byte costs the record it is in: the next one is found by the
 * mark, which nobody who sends pictures can know.
 */
export function* readRecords(segment: Buffer, mark: Buffer): Generator<FoundRecord> {
  let offset = segment.indexOf(mark);
  while (offset >= 0) {
    const length = bodyLength(segment, offset);
    const end = offset + HEAD_BYTES + (length ?? 0);
    if (length === undefined || end > segment.length) {
      offset = segment.indexOf(mark, offset + 1);
      continue;
    }
    const body = segment.subarray(offset + HEAD_BYTES, end);
    if (crc32(body) === segment.readUInt32LE(offset + AT.bodySum)) {
      const kind = segment[offset + AT.kind] as RecordKind;
      yield { kind, number: Number(segment.readBigUInt64LE(offset + AT.number)), offset, body };
    }
    offset = segment.indexOf(mark, end);
  }
}

/** @returns undefined when there is no whole head */
function bodyLength(segment: Buffer, offset: number): number | undefined {
  if (offset + HEAD_BYTES > segment.length) return undefined;
  const sum = crc32(segment.subarray(offset, offset + AT.headSum));
  if (sum !== segment.readUInt32LE(offset + AT.headSum) || !KINDS.has(segment[offset + AT.kind] ?? 0))
    return undefined;
  return segment.readUInt32LE(offset + AT.length);
}
