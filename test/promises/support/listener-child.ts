import path from 'node:path';

/**
 * A listener for every vendor, in a process of its own whose memory is measured. Argument: root of the build. Tells its
 * port, then its memory each time it is asked.
 */
const root = process.argv[2] as string;
const { HttpListener, VENDORS } = require(
  path.join(root, 'src/index.js'),
) as typeof import('../../../src/index.js');

const listener = new HttpListener(
  { host: '127.0.0.1', port: 0, secret: '', auth: 'none', username: '', password: '', allow: '' },
  { onState: (state) => state.state === 'listening' && process.send?.({ port: state.port }) },
);
let alarms = 0;
for (const vendor of VENDORS)
  listener.inbox(`/${vendor.id}`, vendor).subscribe({ alarm: () => alarms++, sign: () => undefined });
listener.start();
process.on('message', () => process.send?.({ alarms, mostBytes: process.resourceUsage().maxRSS * 1024 }));
