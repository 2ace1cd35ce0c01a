/** A text of no more than so many UTF-16 units: cut behind a word, never within a letter, and marked with “…”. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most - 1).replace(HALF_AT_END, '');
  // With the letter behind it: where that is a blank, the last word is whole.
  const end = text.slice(0, head.length + 1).search(LAST_BLANK);
  return `${(end > head.length - LONGEST_WORD && end > 0 ? head.slice(0, end) : head).trimEnd()}…`;
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
const LAST_BLANK = /\s\S*$/;
/** What has no blank for longer is no word: a language without blanks, or an address. */
const LONGEST_WORD = 40;
