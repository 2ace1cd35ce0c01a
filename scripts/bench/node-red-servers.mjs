import { freePort, startNodeRed } from '../../dist/test/support/node-red.js';

const RECORD = `
const received = flow.get('received') || {};
received[Number(NUMBER)] = String(global.get('hrtime')());
flow.set('received', received);
return msg;`;

/** When each numbered event had become a message, asked over HTTP and forgotten. */
const report = (z) => [
  { id: 'ask', type: 'http in', z, url: '/received', method: 'get', x: 1, y: 300, wires: [['tell']] },
  {
    id: 'tell',
    type: 'function',
    z,
    func: "msg.payload = flow.get('received') || {}; flow.set('received', {}); return msg;",
    outputs: 1,
    x: 2,
    y: 300,
    wires: [['answer']],
  },
  { id: 'answer', type: 'http response', z, x: 3, y: 300, wires: [] },
];

const record = (z, number, wires) => ({
  id: 'record',
  type: 'function',
  z,
  func: RECORD.replace('NUMBER', number),
  outputs: 1,
  x: 9,
  y: 9,
  wires: [wires],
});

/** Our node in a real Node-RED; a function node behind it takes each message. */
export async function startOurs() {
  const port = await freePort();
  const z = 'bench';
  const nodeRed = await startNodeRed({
    globals: '{ hrtime: process.hrtime.bigint }',
    flows: [
      { id: z, type: 'tab', label: 'bench' },
      {
        id: 'in',
        type: 'isapi-alarm-in',
        z,
        listener: 'listener',
        path: '/isapi',
        x: 1,
        y: 1,
        wires: [['record'], []],
      },
      record(z, 'msg.payload.document.activePostCount', []),
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
      ...report(z),
    ],
    credentials: { listener: { secret: 'bench1234567' } },
  });
  await nodeRed.said(/waiting for alarms/);
  return { nodeRed, port, path: '/bench1234567/isapi' };
}

/**
 * Node-RED's own way: http in, the XML node, a function node, http response. With pictures the node takes uploads, and
 * one more function finds the document among them.
 */
export async function startHttpIn(withPictures) {
  const z = 'bench';
  const nodeRed = await startNodeRed({
    globals: '{ hrtime: process.hrtime.bigint }',
    flows: [
      { id: z, type: 'tab', label: 'bench' },
      {
        id: 'in',
        type: 'http in',
        z,
        url: '/isapi',
        method: 'post',
        upload: withPictures,
        x: 1,
        y: 1,
        wires: [[withPictures ? 'part' : 'xml']],
      },
      {
        id: 'part',
        type: 'function',
        z,
        func: `
msg.payload = msg.req.files.find((each) => each.originalname.endsWith('.xml')).buffer.toString();
return msg;`,
        outputs: 1,
        x: 2,
        y: 2,
        wires: [['xml']],
      },
      { id: 'xml', type: 'xml', z, property: 'payload', attr: '', chr: '', x: 3, y: 3, wires: [['record']] },
      record(z, 'msg.payload.EventNotificationAlert.activePostCount[0]', ['done']),
      { id: 'done', type: 'http response', z, statusCode: '200', x: 4, y: 4, wires: [] },
      ...report(z),
    ],
  });
  return { nodeRed, port: nodeRed.port, path: '/isapi' };
}
