// The ceiling: a bare node:http server that drains the body and answers 200. It knows nothing of what it received.
import http from 'node:http';
import { serve } from './recorder.mjs';

serve((record) => {
  const server = http.createServer((request, response) => {
    // Only to find the number of the event for the latency table: the first bytes are looked at, nothing is kept.
    let head;
    request.on('data', (chunk) => {
      head ??= chunk;
    });
    request.on('end', () => {
      record(head);
      response.writeHead(200, { 'content-length': 0 });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
