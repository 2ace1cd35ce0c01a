import fs from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import * as errors from '../../src/errors.js';
import { USUAL_RULES } from '../../src/simulator/login.js';
import { formsOfTests, givenAway, textsOf } from './secrets.js';

/*
 * Loaded into every process of a run of the tests before anything else (`scripts/canary.mjs`). It looks for the secrets
 * of the tests in all that comes out of the package, and writes what it finds to the folder CANARY_FOLDER.
 */

const folder = process.env['CANARY_FOLDER'] as string;
const forms = formsOfTests();
/** How often it looked, by where. */
const looks: Record<string, number> = {};
/**
 * What is meant to be seen: the path in the result of a configure node, when a debug node writes it to the console; and
 * the login of a simulated device, which its help tells.
 */
const MEANT = new RegExp(
  `url: '[^']*'(?=,\\s+(?:changed|difference|remarks|checks|slot))|user ${USUAL_RULES.username}, password ${USUAL_RULES.password}`,
  'g',
);

function look(
  where: string,
  texts: readonly string[],
  isMeant: (whose: string) => boolean = () => false,
): void {
  looks[where] = (looks[where] ?? 0) + 1;
  for (const text of texts) {
    const found = givenAway(text.replace(MEANT, ''), forms).filter((whose) => !isMeant(whose));
    if (found.length === 0) continue;
    const line = {
      test: path.basename(process.argv[1] ?? ''),
      where,
      found,
      text: text.slice(0, 500),
    };
    fs.appendFileSync(path.join(folder, 'findings'), `${JSON.stringify(line)}\n`);
  }
}

process.on('exit', () => fs.appendFileSync(path.join(folder, 'looks'), `${JSON.stringify(looks)}\n`));

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    look('output', [
      Buffer.from(chunk as string).toString('latin1'),
      Buffer.from(chunk as string).toString(),
    ]);
    return write(chunk, ...rest);
  };
}

/** Every failure of the package, with what caused it, whether anybody hears of it or not. */
const failures = errors as unknown as {
  AlarmError: typeof errors.AlarmError;
  asAlarmError: typeof errors.asAlarmError;
};
const { asAlarmError } = errors;
failures.AlarmError = new Proxy(errors.AlarmError, {
  construct(target, args, newTarget) {
    const error = Reflect.construct(target, args, newTarget) as Error;
    look('error', [error.message, ...textsOf(error.cause)]);
    return error;
  },
});
failures.asAlarmError = (error, code) => {
  look('error', textsOf(error));
  return asAlarmError(error, code);
};

type Method = (this: object, ...args: unknown[]) => unknown;

/** What the nodes of Node-RED send, show and log. */
function watchNodes(prototype: Record<string, Method>): void {
  for (const name of ['send', 'status', 'error', 'warn', 'log', 'debug', 'trace']) {
    const method = prototype[name] as Method;
    prototype[name] = function watched(...args) {
      look(
        name,
        args.flatMap((each) => textsOf(each)),
      );
      return method.apply(this, args);
    };
  }
}

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
const watched = new Set<unknown>();
loader._load = function watching(request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  const { prototype } = (typeof loaded === 'function' ? loaded : {}) as {
    prototype?: Record<string, Method>;
  };
  if (prototype?.['updateWires'] !== undefined && !watched.has(prototype)) {
    watched.add(prototype);
    watchNodes(prototype);
  }
  return loaded;
};

/** Files that the package wrote, before a test throws them away. */
const { rmSync } = fs;
fs.rmSync = (target, options) => {
  if (options?.recursive === true && fs.existsSync(target)) lookAtFiles(String(target));
  rmSync(target, options);
};

function lookAtFiles(place: string): void {
  if (!fs.lstatSync(place).isDirectory()) return;
  for (const each of fs.readdirSync(place, { recursive: true, withFileTypes: true })) {
    const file = path.join(each.parentPath, each.name);
    // Credentials lie in plain text where a test has given them so; a device is remembered with its path on purpose.
    if (!each.isFile() || each.name.includes('flows_cred.json')) continue;
    const isMemory = file.includes('camera-alarms/devices');
    look(
      'file',
      [`${file}: ${fs.readFileSync(file, 'latin1')}`],
      (whose) => isMemory && whose.startsWith('secret of'),
    );
  }
}
