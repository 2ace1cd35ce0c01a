// Runs the compiled tests: all of test/ but the folders named here, or one of those when it is asked for.
// node --test gives every file a process of its own; the Node-RED test helper needs that.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const tests = path.join(root, 'dist/test');
/** Need a browser, a broker or minutes, so that they have a command of their own. */
const ON_REQUEST = ['editor', 'fleet', 'promises'];
const wanted = process.argv.slice(2);

const files = readdirSync(tests, { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => {
    const folder = file.split(path.sep)[0];
    return wanted.length > 0 ? wanted.includes(folder) : !ON_REQUEST.includes(folder);
  })
  .map((file) => path.join(tests, file))
  .sort();
if (files.length === 0) {
  console.error(`no tests in ${wanted.join(', ') || 'dist/test'}`);
  process.exit(1);
}
const { status } = spawnSync(
  process.env.NODE_BINARY ?? process.execPath,
  ['--test', '--enable-source-maps', '--test-reporter=spec', ...files],
  { stdio: 'inherit', cwd: root },
);
process.exit(status ?? 1);
