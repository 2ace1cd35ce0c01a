// Our core: the listener with its lock, limits, parsers and the finished Node-RED message, without Node-RED.

import { alarmMessage } from '../../dist/nodes/lib/to-msg.js';
// Not through the door, which loads the HTTP client for devices too: a process that only listens has no use for it.
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
    { onState: (state) => state.state === 'listening' && process.send({ port: state.port }) },
  );
  listener.inbox('/isapi', isapi).subscribe({
    alarm: (alarm) => record(alarmMessage(alarm).payload.document.activePostCount),
    sign: () => undefined,
  });
  listener.start();
});
