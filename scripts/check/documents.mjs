import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files.mjs';

/** Whether package.json, README, SECURITY, examples and limits say what the code does. */
export function checkDocuments(root) {
  const findings = [];
  const read = (file) => readFileSync(path.join(root, file), 'utf8');
  const manifest = JSON.parse(read('package.json'));
  const readme = read('README.md');

  const nodes = Object.keys(manifest['node-red'].nodes);
  const written = filesBelow(root, 'nodes', '.html')
    .filter((file) => !file.includes('/locales/'))
    .map((file) => path.basename(file, '.html'));
  for (const node of written.filter((each) => !nodes.includes(each)))
    findings.push(`package.json does not load ${node}`);
  const examples = filesBelow(root, 'examples', '.json').map((file) => [file, JSON.parse(read(file))]);
  for (const node of nodes) {
    if (!readme.includes(`\`${node}\``)) findings.push(`README.md does not name ${node}`);
    if (!examples.some(([, flow]) => flow.some(({ type }) => type === node)))
      findings.push(`no example uses ${node}`);
  }
  for (const [file, flow] of examples) {
    const own = flow.find(({ type }) => type === 'global-config')?.modules?.[manifest.name];
    if (own !== manifest.version)
      findings.push(`${file} names version ${own} of this package, not ${manifest.version}`);
    if (/"(password|secret|token|userid)"/.test(JSON.stringify(flow)))
      findings.push(`${file} holds credentials`);
  }

  for (const [, target] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    if (!existsSync(path.join(root, target)))
      findings.push(`README.md points at ${target}, which is not there`);
  }
  for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g)) {
    if (!(script in manifest.scripts)) findings.push(`README.md calls npm run ${script}, which is not there`);
  }

  const security = read('SECURITY.md');
  for (const file of filesBelow(root, 'test/promises', '.test.ts')) {
    const id = path.basename(file).slice(0, 3).toUpperCase();
    if (!security.includes(`| ${id} |`)) findings.push(`SECURITY.md does not name the promise of ${file}`);
  }

  const uses = [...filesBelow(root, 'src', '.ts'), ...filesBelow(root, 'nodes', '.ts')]
    .filter((file) => file !== 'src/limits.ts')
    .map(read)
    .join('\n');
  for (const [, limit] of read('src/limits.ts').matchAll(/^ {2}(\w+):/gm)) {
    if (!new RegExp(`\\b${limit}\\b`).test(uses)) findings.push(`src/limits.ts: nothing uses ${limit}`);
  }
  const [general, ofDevices] = read('src/limits.ts').split('export const DEVICE_LIMITS');
  const settings = /^cameraAlarms: \{\n([\s\S]*?)^\},/m.exec(readme)?.[1] ?? '';
  if (settings === '') findings.push('README.md shows no limits in settings.js');
  for (const [, group, inside] of settings.matchAll(/^ {2}(\w+): \{\n([\s\S]*?)^ {2}\},/gm)) {
    const known = { limits: general, deviceLimits: ofDevices }[group] ?? '';
    for (const [, limit] of inside.matchAll(/^ {4}(\w+):/gm))
      if (!known.includes(`\n  ${limit}:`))
        findings.push(`README.md sets ${group}.${limit}, which is not there`);
  }

  const raised = [...filesBelow(root, 'src', '.ts'), ...filesBelow(root, 'nodes', '.ts')]
    .filter((file) => file !== 'src/errors.ts')
    .map(read)
    .join('\n');
  for (const [, code] of read('src/errors.ts').matchAll(/^ {2}([A-Z_]+):/gm)) {
    if (!raised.includes(`'${code}'`)) findings.push(`src/errors.ts: nothing raises ${code}`);
  }
  return findings;
}
