import { availableParallelism, totalmem } from 'node:os';
import type { MachineSize } from '../../../model/job/instance-types.ts';
import { cdiDevices } from './cdi-devices.ts';

/** What containers can have of this machine: no more than this process may itself, where it runs in a container. */
export function machineSize(gpuKind: string): MachineSize {
  const limit = process.constrainedMemory();
  const total = totalmem();
  return { cpus: availableParallelism(), memoryBytes: limit > 0 && limit < total ? limit : total, gpus: cdiDevices(gpuKind).length };
}
