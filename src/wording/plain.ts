/**
 * A device's word in a line of ours: short, without line breaks, and without what the e-mail node takes for HTML.
 */
export function plain(word: string, longest = LONGEST_WORD): string {
  const line = word.length > longest ? `${word.slice(0, longest - 1)}…` : word;
  if (!SPECIAL.test(line)) return line;
  return line
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[\0-\x1f]/g, ' ');
}

const LONGEST_WORD = 80;
const SPECIAL = /[<>\0-\x1f]/;
