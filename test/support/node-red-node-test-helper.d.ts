/** The part of the helper the tests use; it comes without types. */
declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';
  import type { Node, NodeAPI } from 'node-red';

  interface Helper {
    init(runtime: string, settings?: object): void;
    startServer(done: () => void): void;
    stopServer(done: () => void): void;
    load(nodes: ((RED: NodeAPI) => void)[], flow: object[], credentials: object): Promise<void>;
    setFlows(flow: object[], type: 'full' | 'nodes' | 'flows'): Promise<void>;
    unload(): Promise<void>;
    /** What was logged since the last load, a call each. */
    log(): { readonly args: readonly unknown[] };
    getNode(id: string): EventEmitter & Node & { receive(message: object): void };
  }
  const helper: Helper;
  export default helper;
}
