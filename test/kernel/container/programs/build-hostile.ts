/** Runs in cloister/compiler: compiles hostile.c as runners and as compiled models into a folder, beside a runner of ours and the emulator. */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = ''] = process.argv.slice(2);
const source = join(import.meta.dirname, 'hostile.c');
const program = '/opt/program';
const plain = [`-I${program}/native`, '-O1', '-nostdlib', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-fuse-ld=lld'];
const clang = (parameters: readonly string[], output: string): Buffer =>
  execFileSync('/usr/bin/clang-14', [...plain, ...parameters, source, '-o', join(folder, output)]);

for (const processor of ['x86_64', 'aarch64']) clang([`--target=${processor}-linux-gnu`, '-static', '-DRUNNER'], `hostile-${processor}`);
const own = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
for (const when of ['LOADED', 'ASKED']) clang([`--target=${own}-linux-gnu`, '-fPIC', '-shared', '-Wl,--hash-style=sysv', `-D${when}`], `${when}.so`);

const { buildRunner } = (await import(`${program}/native-build.ts`)) as typeof import('../../../../images/compiler/native-build.ts');
await buildRunner(folder, { triple: `${own}-linux-gnu`, cpu: '', features: [] }, new AbortController().signal);
copyFileSync(`/usr/bin/qemu-${own === 'x86_64' ? 'aarch64' : 'x86_64'}-static`, join(folder, 'emulator'));
