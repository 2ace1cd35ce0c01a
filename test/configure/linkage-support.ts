import type { TestContext } from 'node:test';
import { Linkage } from '../../src/configure/linkage.js';
import type { Disarmed, LinkageMemory } from '../../src/configure/linkage-memory.js';
import type { Behaviour } from '../../src/simulator/configurable/behaviour.js';
import { configurable } from './support.js';

/** What was disarmed, as it comes back from a file. */
export class Memory implements LinkageMemory {
  disarmed: readonly Disarmed[] = [];

  get ids(): readonly string[] {
    return this.disarmed.map(({ id }) => id);
  }

  load() {
    return Promise.resolve(JSON.parse(JSON.stringify(this.disarmed)) as readonly Disarmed[]);
  }

  save(_device: string, disarmed: readonly Disarmed[]) {
    this.disarmed = disarmed;
    return Promise.resolve();
  }
}

/** A simulated device whose events are armed and disarmed, each time by another instance. */
export async function linkage(t: TestContext, ...behaviours: Partial<Behaviour>[]) {
  const { device, client, writes } = await configurable(t, ...behaviours);
  const memory = new Memory();
  const make = (signal?: AbortSignal) =>
    new Linkage({ client, device: 'camera', memory, ...(signal && { signal }) });
  const change = (center: boolean, ...events: string[]) => make().change({ center, events });
  const centers = async () => (await make().read()).filter(({ center }) => center).map(({ id }) => id);
  const documents = () =>
    Object.fromEntries([...device.triggers].map(([id, bytes]) => [id, bytes.toString()]));
  /** Makes it the state of the device. */
  const store = async (id: string, edit: (document: string) => string) => {
    const body = edit(documents()[id] ?? '');
    await client.request({ method: 'PUT', path: `/ISAPI/Event/triggers/${id}`, body });
    device.requests.length = 0;
  };
  /** Method and last word of the path of all since the last time. */
  const asked = () =>
    device.requests.splice(0).map(({ method, target }) => `${method} ${target.split('/triggers')[1]}`);
  return { device, client, memory, make, change, centers, documents, store, asked, writes };
}
