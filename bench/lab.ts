import { DaemonLab } from '../test/kernel/daemon/lab.ts';
import type { Leftovers } from './leftovers.ts';

/** A daemon as a process, on a data directory of its own, and clients of it. */
export async function openLab(leftovers: Leftovers, parameters: readonly string[] = []): Promise<DaemonLab> {
  const lab = await DaemonLab.open('as a process', parameters);
  leftovers.add(async () => await lab.close());
  return lab;
}
