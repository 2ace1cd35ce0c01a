// Our core: the listener with its lock, limits, parsers and the finished Node-RED message, without Node-RED. It keeps
// alarms in a folder when it is told how and where: `normal` or `always`.

import { alarmMessage } from '../../dist/nodes/lib/to-msg.js';
// Not through the door, which loads the HTTP client for devices too: a process that only listens has no use for it.
import { folderDisk } from '../../dist/src/inbox/spool/disk.js';
import headFront from '../../dist/src/sources/head-front.js';
import { HttpListener } from '../../dist/src/sources/http-listener.js';
import { isapi } from '../../dist/src/vendors/isapi/index.js';
import { serve } from './recorder.mjs';

process.on('SIGINT', () => process.exit());
if (process.argv.includes('no-front')) {
  headFront.HeadFront = class {
    constructor(_limits, serve) {
      this.admit = serve;
    }
  };
}
const [mode = 'off', folder] = process.argv.slice(2);
let alarms = 0;
let groups = 0;

/** How alarms are kept, with the writes counted. */
function keeping() {
  if (mode !== 'normal' && mode !== 'always') return undefined;
  const disk = folderDisk(folder);
  const counting = (file) => {
    const sync = () => {
      groups++;
      return file.sync();
    };
    return { ...file, sync };
  };
  const create = async (name) => counting(await disk.create(name));
  const reuse = async (old, name) => counting(await disk.reuse(old, name));
  return { disk: { ...disk, create, reuse }, sync: mode === 'always', confirmed: false };
}

process.on('message', (order) => {
  if (order !== 'groups') return;
  process.send({ alarms, groups });
  alarms = 0;
  groups = 0;
});

serve((record) => {
  const listener = new HttpListener(
    {
      host: '127.0.0.1',
      port: 0,
      secret: 'bench1234567',
      auth: 'none',
      username: '',
      password: '',
      allow: '',
    },
    {
      onState: (state) => state.state === 'listening' && process.send({ port: state.port }),
      keep: keeping(),
    },
  );
  listener.inbox('/isapi', isapi).subscribe({
    alarm: (alarm) => {
      alarms++;
      record(alarmMessage(alarm).payload.document.activePostCount);
      alarm.receipt?.handed();
    },
    sign: () => undefined,
  });
  listener.start();
});
