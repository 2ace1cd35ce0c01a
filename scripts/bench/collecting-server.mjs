// What it costs a node:http server to have the body in one piece, which a picture in a message must be.
import http from 'node:http';
import { serve } from './recorder.mjs';

serve((record) => {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      record(Buffer.concat(chunks));
      response.writeHead(200, { 'content-length': 0 });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
