import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT } from '../../support/node-red.js';
import type { Build } from './promise.js';

/** Folder of a package that is made of a build, for a Node-RED to load; gone when the test is over. */
export function packageOf(build: Build, t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-package-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(path.join(ROOT, 'package.json'), path.join(folder, 'package.json'));
  symlinkSync(build.file(''), path.join(folder, 'dist'), 'junction');
  return folder;
}
