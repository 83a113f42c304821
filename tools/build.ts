/** `npm run build`: emits the package's JavaScript into dist/ and copies what is not TypeScript. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

rmSync('dist', { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [join('node_modules', '.bin', 'tsc'), '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
cpSync('src/aws/generated', 'dist/aws/generated', { recursive: true });
