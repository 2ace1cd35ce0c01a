/** Never in a name: what separates folders, what file systems refuse, and what people cannot see. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu;
/** Marks that turn the direction of writing, and letters without a width: `gpj.exe` would read `exe.jpg`. */
const INVISIBLE = /[\p{Cf}\p{Co}\p{Cs}]/gu;
/** Devices of Windows, with or without an ending. */
const RESERVED = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(?:\.|$)/iu;

/**
 * A text from outside as one step of a path, on every system: no separators, no `..`, not hidden, no option of a
 * command, no name of a device, and no longer than file systems take. Letters of all languages stay.
 * @param mostBytes of UTF-8
 * @returns empty when nothing of it can be used
 */
export function safeName(text: string, mostBytes: number): string {
  const name = text
    .normalize('NFC')
    .replace(FORBIDDEN, '-')
    .replace(INVISIBLE, '')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.~-]+/u, '');
  const short = shortened(RESERVED.test(name) ? `_${name}` : name, mostBytes);
  // Windows takes these away without a word, so that two names would be one.
  return short.replace(/[\s.]+$/u, '');
}

/** Cut between two letters. */
function shortened(text: string, mostBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const letter of text) {
    bytes += Buffer.byteLength(letter);
    if (bytes > mostBytes) break;
    end += letter.length;
  }
  return text.slice(0, end);
}
