import { AssociateAddressCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDaemon } from '../../../src/daemon/daemon.ts';
import { parseDaemonOptions } from '../../../src/daemon/options.ts';
import type { DaemonParts } from '../../../src/daemon/parts.ts';
import type { TraceAnswer } from '../../../src/daemon/trace/answer-trace.ts';
import type { Capability } from '../../../src/drivers/network/network-driver.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { makeDataDirectory, purge } from '../../clients/data-directory.ts';
import { allocate, makeInternetGateway } from './internet.ts';
import { bodyOf, DaemonLab, sendFromHost } from './lab.ts';

/** The daemon's part: an uplink only when it is asked to, with reasons, and none left behind. Packets are the network driver's matter. */

let able: Capability = { name: 'uplink', ok: true, detail: 'nothing is sent here' };
/** Whatever the machine that runs this test may do. */
const parts: Partial<DaemonParts> = {
  network(driver) {
    driver.uplink.capability = async () => await Promise.resolve(able);
    return driver;
  },
};
const labs: DaemonLab[] = [];
let networkInterfaceId: string;

async function open(...parameters: readonly string[]): Promise<DaemonLab> {
  const lab = await DaemonLab.composedOf(parts, parameters);
  labs.push(lab);
  const network = await lab.makeNetwork();
  await makeInternetGateway(lab, network);
  networkInterfaceId = (await lab.makeInterface(network)).id;
  const { allocationId } = await allocate(lab);
  await lab.ec2.send(new AssociateAddressCommand({ AllocationId: allocationId, NetworkInterfaceId: networkInterfaceId }));
  return lab;
}

async function trace(lab: DaemonLab, to: string): Promise<TraceAnswer> {
  const path = `/_cloister/trace/${networkInterfaceId}?to=${to}&port=443`;
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', { method: 'GET', path, headers: {}, body: '' })));
  return JSON.parse(bodyOf(answer.text)) as TraceAnswer;
}

const heldByMachine = async ({ prefix }: DaemonLab): Promise<string[]> => {
  const shown = [await run(['ip', '-brief', 'link', 'show']), await run(['nft', 'list', 'tables'])];
  return shown.flatMap((text) => text.split('\n').filter((line) => line.includes(prefix)));
};

let withUplink: DaemonLab;
beforeAll(async () => {
  withUplink = await open('--uplink');
});
afterAll(async () => {
  for (const lab of labs) await lab.close();
});

it('is made with the edge, and traces lead through it or say which range forbids it', async () => {
  await expect.poll(async () => (await heldByMachine(withUplink)).length, { timeout: 10_000 }).toBe(2);
  const answer = await trace(withUplink, '8.8.8.8');
  expect([answer.verdict, answer.arrivesAt]).toEqual(['accepted', expect.stringContaining("the machine's own internet")]);
  expect((await trace(withUplink, '192.168.0.1')).cause).toContain('the uplink does not lead to 192.168.0.0/16 (private)');
  expect((await trace(withUplink, '127.0.0.1')).arrivesAt).toContain('itself');
});

it('is there for as long as the daemon runs', async () => {
  let meanwhile: string[] | undefined;
  await withUplink.restart(async () => {
    meanwhile = await heldByMachine(withUplink);
  });
  expect(meanwhile).toEqual([]);
  await expect.poll(async () => (await heldByMachine(withUplink)).length, { timeout: 10_000 }).toBe(2);
  await withUplink.close();
  expect(await heldByMachine(withUplink)).toEqual([]);
});

it('is not there unless it was asked for', async () => {
  const lab = await open();
  expect((await trace(lab, '8.8.8.8')).cause).toContain('the internet edge has no uplink');
  expect(await heldByMachine(lab)).toEqual([]);
});

it('keeps a daemon from starting where the machine cannot, which says why', async () => {
  able = { name: 'uplink', ok: false, detail: 'the machine does not forward packets (eth0)', fix: 'Enable it: sysctl -w net.ipv4.ip_forward=1' };
  const dataDirectory = makeDataDirectory();
  try {
    await expect(startDaemon(parseDaemonOptions(['--data', dataDirectory, '--port', '0', '--uplink'], {}), parts)).rejects.toThrow(
      '--uplink: the machine does not forward packets (eth0). Enable it: sysctl -w net.ipv4.ip_forward=1',
    );
  } finally {
    purge(dataDirectory);
  }
});
