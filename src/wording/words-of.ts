import { WORDS, type Words } from './index.js';

const known = new Map<string, Words>();

/** More tags than there are languages would be nonsense from a setting. */
const MOST_LANGUAGES = 100;

/** The words of the nearest language there is: English for one that nobody speaks here. */
export function wordsOf(language: string): Words {
  let words = known.get(language);
  if (words === undefined) {
    words = WORDS[nearest(language)] as Words;
    if (known.size < MOST_LANGUAGES) known.set(language, words);
  }
  return words;
}

function nearest(language: string): string {
  const names = Object.keys(WORDS);
  const wanted = language.toLowerCase();
  const family = wanted.split('-')[0];
  const exact = names.find((name) => name.toLowerCase() === wanted);
  return exact ?? names.find((name) => name.split('-')[0] === family) ?? 'en-US';
}
