import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Files below a folder with one of these endings, as paths from `root` with forward slashes. */
export function filesBelow(root, folder, ...endings) {
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => endings.some((ending) => file.endsWith(ending)));
}
