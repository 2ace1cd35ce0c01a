/** What a film is, by its first bytes: how it is called, and what mail programs make of it. */
export interface FilmKind {
  readonly ending: 'mp4' | 'h264' | 'h265' | 'avi';
  readonly contentType: string;
}

const MP4: FilmKind = { ending: 'mp4', contentType: 'video/mp4' };
const H264: FilmKind = { ending: 'h264', contentType: 'video/h264' };
const H265: FilmKind = { ending: 'h265', contentType: 'video/h265' };
const AVI: FilmKind = { ending: 'avi', contentType: 'video/x-msvideo' };

/** First NAL units of a stream (H.264 table 7-1: slices, SEI, SPS, PPS, delimiter). */
const NAL_OF_H264 = new Set([1, 5, 6, 7, 8, 9]);
/** The same of H.265 (table 7-1: IDR, VPS, SPS, PPS, delimiter, SEI). */
const NAL_OF_H265 = new Set([19, 20, 32, 33, 34, 35, 39]);

/**
 * Knows MP4 (ISO 14496-12 §4.3 `ftyp`), AVI, and the raw streams of H.264 and H.265 (Annex B start code), whatever the
 * name of the file: cameras record `.h264` (raysharp-vstarcam-others.md §2.1).
 * @returns undefined for anything else
 */
export function filmKind(bytes: Buffer): FilmKind | undefined {
  const word = (at: number) => bytes.toString('latin1', at, at + 4);
  if (word(4) === 'ftyp') return MP4;
  if (word(0) === 'RIFF' && word(8) === 'AVI ') return AVI;
  const header = firstNal(bytes);
  if (header === undefined || (header & 0x80) !== 0) return undefined;
  if (isH264(header)) return H264;
  return NAL_OF_H265.has((header >> 1) & 0x3f) ? H265 : undefined;
}

/** Both put a type into the same byte. In H.264 SEI and delimiters are never referred to (§7.4.1), all else here is. */
function isH264(header: number): boolean {
  const type = header & 0x1f;
  const referred = (header & 0x60) !== 0;
  return NAL_OF_H264.has(type) && (type === 1 || referred === (type !== 6 && type !== 9));
}

/** The byte behind the start code that the stream begins with. */
function firstNal(bytes: Buffer): number | undefined {
  if (bytes[0] !== 0 || bytes[1] !== 0) return undefined;
  if (bytes[2] === 1) return bytes[3];
  return bytes[2] === 0 && bytes[3] === 1 ? bytes[4] : undefined;
}
