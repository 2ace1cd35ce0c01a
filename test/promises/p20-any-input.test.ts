import { promise } from './support/promise.js';

/** Always the same samples, so that a failure is about a change of the code; `npm run fuzz` tries a million others. */
const SEED = 20_261_123;
const COUNT = 20_000;
/** The broken builds break at samples that come early. */
const FEW = 2_000;

promise(
  'P20',
  'no input makes a reader throw anything but an AlarmError, or read otherwise what comes next',
  async ({ build, short, figure }) => {
    const { TRIALS } = build.load<typeof import('../fuzz/parsers.js')>('test/fuzz/parsers.js');
    const count = short ? FEW : COUNT;
    const told: string[] = [];
    for (const trial of TRIALS) {
      const { read, refused, slowestMs } = await trial.run({ seed: SEED, count });
      told.push(`${trial.name} ${read} read, ${refused} refused, slowest ${slowestMs.toFixed(1)} ms`);
    }
    figure(`${TRIALS.length} readers, ${count} changed samples each (a million each: npm run fuzz)`);
    for (const line of told) figure(line);
  },
  [
    {
      what: 'lets the error of a library through',
      file: 'src/wire/json.js',
      from: "throw (0, errors_js_1.asAlarmError)(error, 'JSON_INVALID');",
      to: 'throw error;',
    },
    {
      what: 'takes every number for a character',
      file: 'src/wire/xml.js',
      from: 'if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))',
      to: 'if (code >= 0xd800 && code <= 0xdfff)',
    },
    {
      what: 'keeps the last login for the next one',
      file: 'src/wire/digest.js',
      from: 'function parseAuthParameters(text) {\n    const parameters = new Map();',
      to: 'const parameters = new Map();\nfunction parseAuthParameters(text) {',
    },
  ],
);
