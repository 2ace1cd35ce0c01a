import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

/** A build of the package: ours, or one that was broken on purpose. */
export interface Build {
  /** Absolute path of a compiled file, such as `src/inbox/spool.js`; for child processes. */
  readonly file: (name: string) => string;
  /** A compiled module. @typeParam T `typeof import('…')` of the same file in `src`, `nodes` or {@link SHARED} */
  readonly load: <T>(name: string) => T;
}

/** What a promise is checked with. */
export interface Trial {
  readonly build: Build;
  readonly t: TestContext;
  /** Whether only the break is to be shown: as few rounds as show it for sure. */
  readonly short: boolean;
  /** Prints a figure behind the name of the promise. */
  readonly figure: (text: string) => void;
}

/** One way to break the package so that the promise does not hold. */
export interface Breakage {
  /** In words, such as `answers before it writes`. */
  readonly what: string;
  /** Compiled file, such as `src/sources/http-listener.js`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

const DIST = path.resolve(__dirname, '../../..');

/**
 * A promise of the package (`SECURITY.md`): kept by our build, and broken by each build that is broken on purpose, as a
 * check that cannot fail proves nothing.
 * @param id such as `P26`
 * @param check throws when the promise is not kept
 */
export function promise(
  id: string,
  sentence: string,
  check: (trial: Trial) => Promise<void>,
  breakages: readonly Breakage[],
): void {
  const figure = (t: TestContext) => (text: string) => t.diagnostic(`${id}: ${text}`);
  test(`${id}: ${sentence}`, (t) => check({ build: buildAt(DIST), t, short: false, figure: figure(t) }));
  for (const [index, breakage] of breakages.entries()) {
    test(`${id}-bites: ${breakage.what}`, async (t) => {
      const root = path.join(DIST, 'test', `broken-${id}-${index}`);
      t.after(() => rmSync(root, { recursive: true, force: true }));
      const build = breakBuild(root, breakage);
      await assert.rejects(
        () => check({ build, t, short: true, figure: () => undefined }),
        (error) => {
          t.diagnostic(`${id}-bites: ${String(error).split('\n', 1)[0]}`);
          return true;
        },
        'the promise is kept by a build that breaks it: the check proves nothing',
      );
    });
  }
}

function buildAt(root: string): Build {
  const file = (name: string) => path.join(root, name);
  return { file, load: (name) => require(file(name)) };
}

/** What tests share: loaded from a build, it is about the code of that build. */
const SHARED = ['fuzz', 'sources', 'support', 'vendors'].map((folder) => path.join('test', folder));

/** Below `dist/test`, so that libraries are found and nothing of it is ever packed. */
function breakBuild(root: string, { file, from, to }: Breakage): Build {
  mkdirSync(root, { recursive: true });
  for (const folder of ['src', 'nodes', ...SHARED]) {
    const filter = (name: string) => !name.endsWith('.test.js');
    cpSync(path.join(DIST, folder), path.join(root, folder), { recursive: true, filter });
  }
  const broken = path.join(root, file);
  const parts = readFileSync(broken, 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${from}`);
  writeFileSync(broken, parts.join(to));
  return buildAt(root);
}
