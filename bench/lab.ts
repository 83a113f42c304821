import { DaemonLab } from '../test/kernel/daemon/lab.ts';
import type { Leftovers } from './leftovers.ts';

/** A daemon as a process, on a data directory of its own, and clients of it. */
export async function openLab(leftovers: Leftovers): Promise<DaemonLab> {
  const lab = await DaemonLab.open('as a process');
  leftovers.add(async () => await lab.close());
  return lab;
}
