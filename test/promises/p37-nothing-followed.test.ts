import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/fixtures.js';
import { promise } from './support/promise.js';

const run = promisify(execFile);
/** Called otherwise until Node 23.5. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';
const CHILD = path.join(__dirname, 'support/decoding-child.js');

interface Told {
  readonly declaring: readonly (readonly [what: string, outcome: string])[];
  readonly documents: number;
  readonly touched: readonly string[];
}

promise(
  'P37',
  'no document that declares a DOCTYPE or an ENTITY is read, and decoding touches no file and no network',
  async ({ build, figure }) => {
    const readable = [ROOT, realpathSync(path.join(ROOT, 'node_modules'))];
    const flags = [PERMISSION, ...readable.map((folder) => `--allow-fs-read=${folder}${path.sep}*`)];
    const { stdout } = await run(process.execPath, [...flags, CHILD, build.file('')]);
    const { declaring, documents, touched } = JSON.parse(stdout) as Told;
    for (const [what, outcome] of declaring) assert.equal(outcome, 'XML_DOCTYPE', what);
    assert.deepEqual(touched, [], 'what was asked of the system');
    figure(`${declaring.length} declaring documents refused; ${documents} decoded, nothing touched`);
  },
  [
    {
      what: 'passes a declaration over',
      file: 'src/wire/xml.js',
      from: "throw new errors_js_1.AlarmError('XML_DOCTYPE');",
      to: "this.#at = this.#endOf('>', open);",
    },
    {
      what: 'calls the address of a picture while it decodes',
      file: 'src/vendors/isapi/links.js',
      from: 'seen.add(url);',
      to: "seen.add(url); require('node:net').connect(9, '127.0.0.1').on('error', () => undefined);",
    },
    {
      what: 'looks for a file while it decodes',
      file: 'src/wire/xml.js',
      from: "throw new errors_js_1.AlarmError('XML_DOCTYPE');",
      to: "require('node:fs').existsSync('/etc/passwd'); throw new errors_js_1.AlarmError('XML_DOCTYPE');",
    },
  ],
);
