// All that can be said about the code without running it: types, format, lint, who may import whom, and whether the
// texts and documents fit the code. Prints every finding; exits 1 if there is one.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkDocuments } from './check/documents.mjs';
import { checkImports } from './check/imports.mjs';
import { checkLocales } from './check/locales.mjs';

const root = path.resolve(import.meta.dirname, '..');

function tool(name, file, ...args) {
  const { status } = spawnSync(process.execPath, [path.join(root, 'node_modules', file), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0 ? [] : [`${name} found something, see above`];
}

const findings = [
  ...tool('tsc', 'typescript/bin/tsc', '--noEmit', '-p', '.'),
  ...tool('biome', '@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  ...tool('oxlint', 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings', 'src', 'nodes', 'test'),
  ...checkImports(root),
  ...checkLocales(root),
  ...checkDocuments(root),
];
for (const finding of findings) console.error(finding);
console.log(findings.length === 0 ? 'check: all good' : `check: ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
