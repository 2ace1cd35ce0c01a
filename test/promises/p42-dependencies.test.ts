import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/node-red.js';
import { promise } from './support/promise.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: object;
  readonly bundleDependencies?: unknown;
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const MOST = 5;

/** First versions without the faults that are known, of libraries and of Node.js (reliability.md §5). */
const FLOORS: Readonly<Record<string, string>> = {
  // CVE-2026-22036, -2581 and -1525: what Node.js took for its security release of March 2026.
  undici: '7.24.4',
  // CVE-2022-24434: a header of a part stopped the process.
  busboy: '1.0.0',
  // CVE-2026-26278, -33036, -33349: a parser to compare with in tests, which must not fall over there either.
  'fast-xml-parser': '5.7.0',
  // CVE-2024-22019 and -27982.
  node: '20.12.1',
};
/** Majors that cannot be loaded everywhere: undici 8 not on Node.js 20. */
const CEILINGS: Readonly<Record<string, number>> = { undici: 7 };

const EXACT = /^\d+\.\d+\.\d+$/;

function isBelow(version: string, floor: string): boolean {
  const [one, other] = [version, floor].map((each) => each.split('.').map(Number)) as [number[], number[]];
  const at = other.findIndex((number, index) => (one[index] ?? 0) !== number);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** What of the two files breaks the promise, in words. */
function faultsOf(manifest: Manifest, { packages }: Lock): string[] {
  const { dependencies, devDependencies, engines } = manifest;
  const faults: string[] = [];
  if (Object.keys(dependencies).length > MOST) faults.push('too many dependencies');
  for (const key of ['optionalDependencies', 'bundleDependencies'] as const)
    if (manifest[key] !== undefined) faults.push(key);
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (!EXACT.test(version)) faults.push(`${name} is not exact`);
    if (packages[`node_modules/${name}`]?.version !== version)
      faults.push(`${name} is another one in the lock file`);
  }
  const versions: Readonly<Record<string, string>> = {
    ...dependencies,
    ...devDependencies,
    node: engines.node.replace(/^>=/, ''),
  };
  for (const [name, floor] of Object.entries(FLOORS)) {
    const version = versions[name];
    if (version === undefined || isBelow(version, floor)) faults.push(`${name} is older than ${floor}`);
    if (Number.parseInt(version ?? '', 10) > (CEILINGS[name] ?? Number.POSITIVE_INFINITY))
      faults.push(`${name} is too new`);
  }
  for (const [place, { version = '' }] of Object.entries(packages))
    if (!/^\d/.test(version)) faults.push(`${place} is not locked`);
  for (const [place, { hasInstallScript, integrity = '' }] of runtimeOf(packages)) {
    if (!integrity.startsWith('sha512-')) faults.push(`${place} has no checksum`);
    if (hasInstallScript === true) faults.push(`${place} runs a script when it is installed`);
  }
  for (const script of ['preinstall', 'install', 'postinstall'])
    if (script in manifest.scripts) faults.push(`runs ${script} on the machines of users`);
  return faults;
}

/** All that is installed beside this package. */
const runtimeOf = (packages: Lock['packages']) =>
  Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);

/** Names of the libraries that the compiled files of a build load. */
function importsOf(file: (name: string) => string): string[] {
  const names = new Set<string>();
  for (const folder of ['src', 'nodes']) {
    for (const name of readdirSync(file(folder), { recursive: true }).map(String)) {
      if (!name.endsWith('.js')) continue;
      const text = readFileSync(path.join(file(folder), name), 'utf8');
      for (const [, from = ''] of text.matchAll(/\b(?:require|import)\((?!['"]\.)['"]([^'"]+)['"]\)/g))
        if (!from.startsWith('node:') && !builtinModules.includes(from)) names.add(from);
    }
  }
  return [...names].sort();
}

const read = <Value>(file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as Value;
const MANIFEST = read<Manifest>('package.json');
const LOCK = read<Lock>('package-lock.json');

promise(
  'P42',
  'dependencies stay few and patched',
  async ({ build, figure }) => {
    assert.deepEqual(faultsOf(MANIFEST, LOCK), []);
    assert.deepEqual(importsOf(build.file), Object.keys(MANIFEST.dependencies).sort(), 'what is loaded');
    const installed = runtimeOf(LOCK.packages).map(
      ([place, { version }]) => `${place.replace(/^.*node_modules\//, '')} ${version}`,
    );
    figure(
      `${Object.keys(MANIFEST.dependencies).length} dependencies; installed are ${installed.join(', ')}`,
    );
  },
  [
    {
      what: 'a library of the tests is loaded at run time',
      file: 'src/wire/xml.js',
      from: 'Object.defineProperty(exports, "__esModule", { value: true });',
      to: 'require("fast-xml-parser");',
    },
    {
      what: 'a library is not used any more',
      file: 'src/wire/form-data.js',
      from: 'require("busboy")',
      to: '{}',
    },
  ],
);

/** What a careless change could make of the two files. */
const CHANGES: Readonly<Record<string, (manifest: Manifest, lock: Lock) => readonly [Manifest, Lock]>> = {
  'six dependencies': (manifest, lock) => [
    { ...manifest, dependencies: Object.fromEntries(Object.entries(manifest.devDependencies).slice(0, 6)) },
    lock,
  ],
  'a range instead of a version': (manifest, lock) => [
    { ...manifest, dependencies: { ...manifest.dependencies, busboy: '^1.6.0' } },
    lock,
  ],
  'an undici with a known fault': (manifest, lock) => [
    of(manifest, '7.24.3'),
    locked(lock, { version: '7.24.3' }),
  ],
  'an undici that Node.js 20 cannot load': (manifest, lock) => [
    of(manifest, '8.0.0'),
    locked(lock, { version: '8.0.0' }),
  ],
  'a lock file that was forgotten': (manifest, lock) => [manifest, locked(lock, { version: '7.30.1' })],
  'a library without a checksum': (manifest, lock) => [manifest, locked(lock, { integrity: '' })],
  'a library that runs a script when it is installed': (manifest, lock) => [
    manifest,
    locked(lock, { hasInstallScript: true }),
  ],
  'a script on the machines of users': (manifest, lock) => [
    { ...manifest, scripts: { ...manifest.scripts, postinstall: 'node x.js' } },
    lock,
  ],
  'a Node.js with a known fault': (manifest, lock) => [{ ...manifest, engines: { node: '>=20.12.0' } }, lock],
};

const of = (manifest: Manifest, undici: string): Manifest => ({
  ...manifest,
  dependencies: { ...manifest.dependencies, undici },
});
const locked = ({ packages }: Lock, change: Partial<Locked>): Lock => ({
  packages: { ...packages, 'node_modules/undici': { ...packages['node_modules/undici'], ...change } },
});

for (const [what, change] of Object.entries(CHANGES))
  test(`P42-bites: ${what}`, () => assert.notDeepEqual(faultsOf(...change(MANIFEST, LOCK)), []));
