import type { CgiBehaviour } from './cgi-behaviour.js';

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
const isNumber = (text: string) => /^-?\d+$/.test(text);

/** Values in the words of one firmware (raysharp-vstarcam-others.md §2.2). */
export function cgiWords(values: Readonly<Record<string, string>>, words: CgiBehaviour['words']): string {
  const entries = Object.entries(values);
  switch (words) {
    case 'var':
      return entries
        .map(([name, value]) => `var ${name}=${isNumber(value) ? value : quoted(value)};\r\n`)
        .join('');
    case 'plain':
      return entries.map(([name, value]) => `${name}=${quoted(value)};`).join('');
    case 'bare':
      return entries.map(([name, value]) => `${name}=${value}\n`).join('');
    case 'list':
      return entries
        .map(([name, value]) => `var ${name}=new Array();\n${name}[0]=${quoted(value)};\n`)
        .join('');
    case 'json':
      return JSON.stringify(withNumbers(entries));
    case 'nested json':
      return JSON.stringify({ result: 'ok', data: withNumbers(entries) }, undefined, 2);
  }
}

const withNumbers = (entries: readonly (readonly [string, string])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [name, isNumber(value) ? Number(value) : value]));

/** What came of a change. */
export function resultWords(done: boolean, { words, result }: CgiBehaviour): string {
  if (words === 'json' || words === 'nested json')
    return JSON.stringify({ result: result === 'number' ? (done ? 0 : -1) : done ? 'ok' : 'failed' });
  const begin = words === 'var' ? 'var ' : '';
  if (result === 'number') return `${begin}result=${done ? 0 : -1};`;
  // Sic: one firmware writes it so.
  const word = done ? 'ok' : 'erro';
  return `${begin}result=${result === 'quoted' ? quoted(word) : word};`;
}
