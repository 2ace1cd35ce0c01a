// Compiles src, nodes and test into dist/ and copies beside them what Node-RED serves as it is.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
execFileSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', root], {
  stdio: 'inherit',
  cwd: root,
});
const served = /\.(html|json|svg|jpg)$/;
for (const folder of ['nodes', 'src/simulator/pictures']) {
  cpSync(path.join(root, folder), path.join(dist, folder), {
    recursive: true,
    filter: (file) => !path.basename(file).includes('.') || served.test(file),
  });
}
