import { createHash } from 'node:crypto';
import path from 'node:path';

/**
 * Where the alarms of a listener are kept, below the user directory of Node-RED.
 * @param id of its node, which hand-written flows choose: it is no file name
 */
export function spoolFolder(userDir: string, id: string): string {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return path.join(userDir, 'camera-alarms', 'spool', name);
}
