/** A text of no more than so many UTF-16 units: cut behind a word, never within a letter, and marked with “…”. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most - 1).replace(HALF_AT_END, '');
  const word = head.search(LAST_WORD);
  return `${(word > head.length - LONGEST_WORD ? head.slice(0, word) : head).trimEnd()}…`;
}

/** Without line breaks and other control characters, and without letters that are only half there. */
export function oneLine(text: string): string {
  return wellFormed(text)
    .replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ')
    .trim();
}

/** UTF-8 has no bytes for half a letter. */
export const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');

const HALF_AT_END = /[\ud800-\udbff]$/;
const LAST_WORD = /\s\S*$/;
/** What has no blank for longer is no word: a language without blanks, or an address. */
const LONGEST_WORD = 40;
