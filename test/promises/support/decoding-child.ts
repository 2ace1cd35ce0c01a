import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import path from 'node:path';
import { LIMITS } from '../../../src/limits.js';
import type { Vendor } from '../../../src/notification.js';

/**
 * Decodes every document of the corpus where no file can be read but those of the build: told is what came of each, and
 * what was asked of the system meanwhile. Argument: root of the build.
 */
const root = process.argv[2] as string;
const load = <T>(name: string) => require(path.join(root, name)) as T;

const { DECLARING, ODD, POINTING } =
  load<typeof import('../../fuzz/xml-attacks.js')>('test/fuzz/xml-attacks.js');
const { RECEIVED_AT, SENDER, fixturesOf, limitsOf, notificationOf } =
  load<typeof import('../../support/fixtures.js')>('test/support/fixtures.js');
const { AlarmError } = load<typeof import('../../../src/errors.js')>('src/errors.js');
const { VENDORS } = load<typeof import('../../../src/vendors/index.js')>('src/vendors/index.js');
const { datagram } = load<typeof import('../../../src/vendors/datagram.js')>('src/vendors/datagram.js');
const { readSadp } = load<typeof import('../../../src/vendors/isapi/sadp.js')>('src/vendors/isapi/sadp.js');
const { readCapabilities } = load<typeof import('../../../src/wire/device-document.js')>(
  'src/wire/device-document.js',
);
const vendors: readonly Vendor[] = [...VENDORS, datagram];
const fixtures = VENDORS.flatMap((vendor) =>
  fixturesOf(vendor.id).map((fixture) => ({ vendor, ...fixture })),
);

/** Everything that may touch a file or the network: calls of modules, what they ask the system for, what it denied. */
const touched: string[] = [];

/** What a document came to: something, or the code by which it was refused. */
function attempt(read: () => unknown): string {
  try {
    return String(read());
  } catch (error) {
    if (error instanceof AlarmError) return error.code;
    touched.push(String(error));
    return String(error);
  }
}

const decode = (document: string, vendor: Vendor) => {
  const notification = notificationOf('application/xml', [Buffer.from(document)], {}, limitsOf(vendor));
  return attempt(() => vendor.decode({ ...notification, receivedAt: RECEIVED_AT, address: SENDER }, LIMITS));
};

// These open their pipes when they are first asked for.
for (const stream of [process.stdout, process.stderr]) stream.write('');

for (const name of Object.keys(fs).filter((each) => typeof fs[each as keyof typeof fs] === 'function')) {
  const call = fs[name as keyof typeof fs] as (...args: unknown[]) => unknown;
  if (/^[a-z]/.test(name))
    Reflect.set(fs, name, (...args: unknown[]) => touched.push(`fs.${name}`) && call(...args));
}
const SYSTEM = /^(?:FS|TCP|UDP|PIPE|PROCESS|GETADDRINFO|DNS|WORKER)/;
createHook({ init: (_id, type) => SYSTEM.test(type) && touched.push(type) }).enable();

const declaring = DECLARING.map(
  ([what, document]) => [what, decode(document, vendors[0] as Vendor)] as const,
);
let documents = 0;
for (const [, document] of [...DECLARING, ...POINTING, ...ODD]) {
  for (const vendor of vendors) decode(document, vendor);
  const answer = Buffer.from(document.replaceAll('EventNotificationAlert', 'ProbeMatch'));
  attempt(() => readSadp(answer, LIMITS));
  attempt(() => readCapabilities(answer, 'ProbeMatch', LIMITS));
  documents += vendors.length + 2;
}
for (const { vendor, contentType, body } of fixtures) {
  attempt(() => vendor.decode(notificationOf(contentType, [body], {}, limitsOf(vendor)), LIMITS));
  documents++;
}
setImmediate(() => {
  const told = { declaring, documents, touched: [...touched] };
  process.stdout.write(JSON.stringify(told), () => process.exit(0));
});
