/**
 * A device's word in a line of ours: short, without line breaks, and without what the e-mail node takes for HTML.
 */
export function plain(word: string): string {
  const line = word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD - 1)}…` : word;
  if (!SPECIAL.test(line)) return line;
  return line
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[\0-\x1f]/g, ' ');
}

const LONGEST_WORD = 80;
const SPECIAL = /[<>\0-\x1f]/;
