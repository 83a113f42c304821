import { expect, it } from 'vitest';
import type { Capability } from '../drivers/network/network-driver.ts';
import { createMachine } from './machine.ts';

/** A machine whose drivers say all the same, and how often they were asked. */
function machineOf(say: () => Promise<Capability>) {
  const asked = { times: 0 };
  const capability = async (): Promise<Capability> => {
    asked.times++;
    return await say();
  };
  const driver = { capability, capabilities: async () => [await capability()] };
  const drivers = { network: driver, containers: driver, placement: driver, dataMounts: driver, tunnels: driver } as unknown as Parameters<
    typeof createMachine
  >[0];
  return { machine: createMachine(drivers), asked };
}

const able: Capability = { name: 'tunnels', ok: true, detail: 'in the kernel' };
const unable: Capability = { name: 'tunnels', ok: false, detail: 'there is no wg', fix: 'Install wireguard-tools.' };

it('asks a machine that can once, also of many jobs at a time', async () => {
  const { machine, asked } = machineOf(() => Promise.resolve(able));
  await Promise.all([machine.encryptionRefusal(), machine.encryptionRefusal()]);
  expect([await machine.encryptionRefusal(), asked.times]).toEqual([undefined, 1]);
});

it.each(['encryptionRefusal', 'fastFileRefusal', 'networkRefusal'] as const)('%s ends when what was missing is there', async (question) => {
  let answer = unable;
  const { machine } = machineOf(() => Promise.resolve(answer));
  expect(await machine[question]()).toMatch(/there is no wg\. Install wireguard-tools\.$/u);
  answer = able;
  expect(await machine[question]()).toBeUndefined();
});

it('is asked again after a question that failed', async () => {
  let fails = true;
  const { machine } = machineOf(() => (fails ? Promise.reject(new Error('no answer')) : Promise.resolve(able)));
  await expect(machine.encryptionRefusal()).rejects.toThrow('no answer');
  fails = false;
  expect(await machine.encryptionRefusal()).toBeUndefined();
});
