import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cdiDevices } from './cdi-devices.ts';

const nvidia = 'nvidia.com/gpu';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-cdi-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const yaml = `---
cdiVersion: 0.5.0
containerEdits:
  deviceNodes:
  - path: /dev/nvidiactl
devices:
- containerEdits:
    deviceNodes:
    - path: /dev/nvidia1
  name: "1"
- containerEdits:
    deviceNodes:
    - path: /dev/nvidia0
  name: "0"
- name: GPU-0f1d6fbe
- name: all
kind: nvidia.com/gpu
`;

it('finds the GPUs of a specification that nvidia-ctk wrote, each once', () => {
  writeFileSync(join(folder, 'nvidia.yaml'), yaml);
  writeFileSync(join(folder, 'again.json'), JSON.stringify({ kind: 'nvidia.com/gpu', devices: [{ name: '0' }, { name: 'all' }] }));
  expect(cdiDevices(nvidia, [folder, join(folder, 'missing')])).toEqual(['0', '1']);
});

it('finds none in specifications of other devices and in other files', () => {
  writeFileSync(join(folder, 'nic.yaml'), yaml.replace('nvidia.com/gpu', 'vendor.com/nic'));
  writeFileSync(join(folder, 'nic.json'), JSON.stringify({ kind: 'vendor.com/nic', devices: [{ name: '0' }] }));
  writeFileSync(join(folder, 'nvidia.yaml.old'), yaml);
  expect(cdiDevices(nvidia, [folder])).toEqual([]);
});

it('finds those of another vendor by their kind', () => {
  writeFileSync(join(folder, 'amd.yaml'), yaml.replace('nvidia.com/gpu', '"amd.com/gpu"'));
  expect([cdiDevices('amd.com/gpu', [folder]), cdiDevices(nvidia, [folder])]).toEqual([['0', '1'], []]);
});
