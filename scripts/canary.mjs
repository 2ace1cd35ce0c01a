// Runs the tests and looks for their secrets in all that comes out: output, errors, messages, statuses, logs, files.
// Arguments are those of scripts/test.mjs. Prints every finding; exits 1 if there is one or a test fails. Needs a build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const support = path.join(root, 'dist/test/support');
const folder = mkdtempSync(path.join(tmpdir(), 'canary-'));

/** Runs Node.js with the watch in it and in all that it starts. */
function watched(where, ...args) {
  const kept = path.join(folder, where);
  const temporary = path.join(kept, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const options = `${process.env.NODE_OPTIONS ?? ''} --require=${JSON.stringify(path.join(support, 'watch.js'))}`;
  const env = { ...process.env, NODE_OPTIONS: options, CANARY_FOLDER: kept, TMPDIR: temporary };
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    stdio: where === 'tests' ? 'inherit' : 'ignore',
  });
  const linesOf = (name) => {
    const file = path.join(kept, name);
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  return { status, findings: linesOf('findings'), looks: linesOf('looks') };
}

// What is never found proves nothing: this gives a secret away in each way, and throws what it wrote away.
const leaks = `
  const fs = require('node:fs');
  const { SECRET, PUSH_LOGIN } = require('./dist/test/support/secrets.js');
  const { AlarmError } = require('./dist/src/errors.js');
  console.log(Buffer.from('x' + PUSH_LOGIN.password).toString('base64'));
  new AlarmError('INTERNAL', undefined, { cause: new Error(SECRET) });
  const Node = require(require.resolve('@node-red/runtime/lib/nodes/Node.js'));
  try { Node.prototype.status.call({}, { text: SECRET }); } catch {}
  fs.mkdirSync(process.env.TMPDIR + '/left');
  fs.writeFileSync(process.env.TMPDIR + '/left/file', encodeURIComponent(SECRET));
  fs.rmSync(process.env.TMPDIR + '/left', { recursive: true });`;
const seen = watched('leaks', '-e', leaks).findings.map(({ where }) => where);
const blind = ['output', 'error', 'status', 'file'].filter((where) => !seen.includes(where));

const { status, findings, looks } = watched(
  'tests',
  path.join(root, 'scripts/test.mjs'),
  ...process.argv.slice(2),
);
const totals = {};
for (const each of looks)
  for (const [where, count] of Object.entries(each)) totals[where] = (totals[where] ?? 0) + count;
rmSync(folder, { recursive: true, force: true });

for (const finding of findings) console.error(JSON.stringify(finding));
for (const where of blind) console.error(`canary: a secret that was given away as ${where} is not found`);
const counts = Object.entries(totals).map(([where, count]) => `${count} × ${where}`);
console.log(`canary: ${findings.length} secrets found in ${looks.length} processes: ${counts.join(', ')}`);
process.exit(findings.length + blind.length > 0 ? 1 : (status ?? 1));
