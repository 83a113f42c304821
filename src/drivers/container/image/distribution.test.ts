import { expect, it } from 'vitest';
import { neededToCompile } from './compiler-image.ts';
import { plannedPackages } from './distribution-packages.ts';
import { divide } from './distribution-rootfs.ts';

it('reads from a simulated installation which archives apt will fetch', () => {
  const simulation = `Reading package lists...
Inst libc6 (2.36-9+deb12u14 Debian:12.12/oldstable, Debian-Security:12/oldstable [amd64]) []
Inst python3-numpy (1:1.24.2-1+deb12u1 Debian:12.12/oldstable [amd64])
Inst python3-six (1.16.0-4 Debian:12.12/oldstable [all])
Conf libc6 (2.36-9+deb12u14 Debian:12.12/oldstable [amd64])
`;
  expect(plannedPackages(simulation)).toEqual([
    { name: 'libc6', version: '2.36-9+deb12u14', file: 'libc6_2.36-9+deb12u14_amd64.deb' },
    { name: 'python3-numpy', version: '1:1.24.2-1+deb12u1', file: 'python3-numpy_1%3a1.24.2-1+deb12u1_amd64.deb' },
    { name: 'python3-six', version: '1.16.0-4', file: 'python3-six_1.16.0-4_all.deb' },
  ]);
});

it.each([
  ['kept', ['python3-numpy', 'libgomp1', 'gcc-12-base', 'libstdc++6', 'libgfortran5', 'libctypes1']],
  ['toBuild', ['gcc', 'gcc-12', 'cpp-12', 'binutils-x86-64-linux-gnu', 'libpython3.11-dev', 'libc-dev-bin', 'libasan8', 'libisl23']],
  ['neither', ['perl-base', 'libperl5.36', 'g++-12', 'libstdc++-12-dev', 'libboost1.74-dev', 'dpkg', 'python3-pythran']],
])('%s: %j', (part, names) => {
  const parts = divide(names.map((name) => ({ name, version: '1', path: `${name}.deb` })));
  const has = (which: 'kept' | 'toBuild'): readonly string[] => parts[which].map(({ name }) => name);
  expect({ kept: has('kept'), toBuild: has('toBuild') }).toEqual({ kept: part === 'kept' ? names : [], toBuild: part === 'toBuild' ? names : [] });
});

it('leaves out of the compiler image what clang links ordinary programs with', () => {
  const named = (names: readonly string[]) => names.map((name) => ({ name, version: '1', path: `${name}.deb` }));
  const needed = [
    'clang-14',
    'lld-14',
    'libclang-common-14-dev',
    'libclang-cpp14',
    'libllvm14',
    'libstdc++6',
    'libxml2',
    'libicu72',
    'libz3-4',
    'libc6',
  ];
  const others = [
    'binutils',
    'libc6-dev',
    'libgcc-12-dev',
    'libasan8',
    'libtsan2',
    'libubsan1',
    'libssl3',
    'libkrb5-3',
    'libobjc4',
    'libclang1-14',
    'mawk',
  ];
  expect(neededToCompile(named([...needed, ...others]))).toEqual(named(needed));
});
