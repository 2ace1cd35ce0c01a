import { Archives } from '../../src/index.js';

/** Nodes of all flows that write to the same folder share one archive. */
export const ARCHIVES = new Archives();
