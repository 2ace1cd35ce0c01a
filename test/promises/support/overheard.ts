/** Type of a node that hears everything within a Node-RED, and gives messages to nodes. */
export const EAR = 'ear';

/**
 * Its JavaScript. It appends what it hears to the file of the environment variable `EAR_FILE`: messages between nodes,
 * what nodes say of their state, and what is logged at any level, each with all that can be reached from it.
 */
export const EAR_SCRIPT = `const { appendFileSync } = require('node:fs');
const { textsOf } = require(${JSON.stringify(require.resolve('../../support/secrets.js'))});
module.exports = (RED) => {
  const hear = (kind, heard) =>
    appendFileSync(process.env.EAR_FILE, JSON.stringify({ kind, texts: textsOf(heard) }) + '\\n');
  RED.hooks.add('onSend.ear', (sent) => {
    for (const { msg } of sent) hear('message', msg);
  });
  RED.events.on('node-status', (status) => {
    hear('status', status);
    console.log('status of ' + status.id + ': ' + status.status.fill);
  });
  RED.log.addHandler({ emit: (_, logged) => hear('log', logged) });
  const waiting = new Map();
  RED.hooks.add('onComplete.ear', ({ msg, node, error }) => {
    hear('end', [msg, error]);
    waiting.get(node.id + msg._msgid)?.(error?.code ?? 'done');
  });
  RED.httpAdmin.post('/ear', (request, response) => {
    const { id, msg } = request.body;
    const _msgid = RED.util.generateId();
    waiting.set(id + _msgid, (end) => response.json(end));
    RED.nodes.getNode(id).receive({ ...msg, _msgid });
  });
};
`;

/** One thing that was heard. */
export interface Heard {
  readonly kind: 'message' | 'status' | 'log' | 'end';
  readonly texts: readonly string[];
}
