/** Starts a server that notes when each numbered event had become a message; asked by its parent, it tells. */
export function serve(start) {
  let received = {};
  let recording = false;
  start((event) => {
    if (!recording) return;
    const number = Buffer.isBuffer(event)
      ? /activePostCount>(\d+)</.exec(event.toString('latin1'))?.[1]
      : event;
    received[Number(number)] = String(process.hrtime.bigint());
  });
  process.on('message', (order) => {
    if (order === 'record') recording = true;
    if (order === 'report') {
      process.send({ received });
      received = {};
      recording = false;
    }
  });
}
