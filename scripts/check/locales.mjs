import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files.mjs';

const LANGUAGES = ['en-US', 'zh-CN', 'pl', 'fr'];

/** Keys of a catalogue with the placeholders of their texts. */
function keysOf(catalogue, prefix = '') {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [`${prefix}${key} ${(value.match(/__\w+?__/g) ?? []).sort().join(' ')}`]
      : keysOf(value, `${prefix}${key}.`),
  );
}

/** Every node has texts and help in every language, with the same keys and placeholders. */
export function checkLocales(root) {
  const findings = [];
  for (const html of filesBelow(root, 'nodes', '.html').filter((file) => !file.includes('/locales/'))) {
    const set = path.basename(html, '.html');
    const read = (language, ending) => path.join(root, 'nodes/locales', language, set + ending);
    for (const language of LANGUAGES) {
      for (const ending of ['.json', '.html']) {
        if (!existsSync(read(language, ending)))
          findings.push(`nodes/locales/${language}/${set}${ending} is missing`);
      }
    }
    if (findings.length > 0) continue;
    const catalogue = (language) => keysOf(JSON.parse(readFileSync(read(language, '.json'), 'utf8')));
    const wanted = catalogue('en-US');
    for (const language of LANGUAGES) {
      const there = catalogue(language);
      for (const key of wanted.filter((each) => !there.includes(each)))
        findings.push(`${language}/${set}.json has no ${key}`);
      for (const key of there.filter((each) => !wanted.includes(each)))
        findings.push(`${language}/${set}.json alone has ${key}`);
    }
    const text = readFileSync(path.join(root, html), 'utf8');
    for (const [, keys] of text.matchAll(/data-i18n="([^"]+)"/g)) {
      const key = keys.replace(/^\[[\w-]+\]/, '');
      if (!wanted.some((each) => each.split(' ')[0] === key))
        findings.push(`${html} asks for the text ${key}`);
    }
  }
  return findings;
}
