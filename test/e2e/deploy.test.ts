import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchange } from '../sources/raw-client.js';
import { request, xml } from '../sources/samples.js';
import { type FlowNode, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const PUSHES = 400;
const SENDERS = 4;
/** So many pushes between two deploys. */
const BETWEEN = 40;

/** An alarm node, and behind it one that counts what came, whichever it is. */
const flows = (port: number, version: number): FlowNode[] => [
  { id: 'tab', type: 'tab', label: 'deploys' },
  { id: 'in', type: 'isapi-alarm-in', z: 'tab', listener: 'doors', path: '/isapi', wires: [['count'], []] },
  {
    id: 'count',
    type: 'function',
    z: 'tab',
    func: `// ${version}
const seen = new Set(flow.get('seen') ?? []).add(msg.payload.document.activePostCount);
flow.set('seen', [...seen]);
if (seen.size === ${PUSHES}) node.warn('all of them came');`,
    outputs: 1,
    wires: [[]],
  },
  { id: 'doors', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
];

async function deploy({ port }: NodeRed, changed: readonly FlowNode[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'nodes' },
    body: JSON.stringify(changed),
  });
  assert.equal(response.status, 204);
}

test('no answered alarm is lost while the nodes behind are exchanged and the alarm node goes on', async (t) => {
  const port = await freePort();
  const nodeRed = await startNodeRed({
    flows: flows(port, 0),
    credentials: { doors: { secret: SECRET } },
  });
  t.after(() => nodeRed.stop());
  await nodeRed.said(/waiting for alarms on port/);
  let [count, version] = [0, 0];
  const push = async () => {
    while (count < PUSHES) {
      const number = ++count;
      const deployed = number % BETWEEN === 0 ? deploy(nodeRed, flows(port, ++version)) : undefined;
      const target = `/${SECRET}/isapi`;
      assert.equal((await exchange(port, request(xml(number), { target }))).status, 200, String(number));
      await deployed;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, push));
  await nodeRed.said(/all of them came/);
});
