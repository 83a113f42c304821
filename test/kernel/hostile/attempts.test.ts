import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bodyOf, DaemonLab, sendFromHost, type Network } from '../daemon/lab.ts';
import { hostileJob, program, putPrograms } from './hostile-jobs.ts';

/** The code of a job, with every system call at hand, against the machine, the network and its neighbours. */

let lab: DaemonLab;
let network: Network;
let host: Server;
let seen: Record<string, any>;
let before: Map<string, number>;

const hostAddresses = Object.values(networkInterfaces())
  .flat()
  .filter((found) => found?.family === 'IPv4')
  .map((found) => found?.address ?? '');
const noRoute = ['169.254.169.254:80', '203.0.113.10:443'];
const nobody = ['10.0.0.200:80'];
const router = ['10.0.0.1:22'];
const forgedSource = '10.0.0.77';

/** Of root on this machine; there is one session at least. */
const keysOfTheMachine = (): number[] =>
  readFileSync('/proc/keys', 'utf8')
    .split('\n')
    .flatMap((line) => (/^[0-9a-f]{8} /u.test(line) ? [Number.parseInt(line.slice(0, 8), 16)] : []))
    .slice(0, 5);

beforeAll(async () => {
  lab = await DaemonLab.open();
  host = createServer((socket) => socket.end('host')).listen(0, '0.0.0.0');
  await once(host, 'listening');
  const { port } = host.address() as { port: number };
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  const neighbour = await lab.makeInterface(network);
  const own = hostAddresses.flatMap((address) => [`${address}:${port}`, `${address}:${lab.endpoint.port}`]);
  const connections = [...noRoute, ...nobody, ...router, `${neighbour.address}:80`, ...own];
  const targets = {
    connections,
    forgedSource,
    forgedDestination: neighbour.address,
    otherCredentials: '/v2/credentials/of-another-job',
    keys: keysOfTheMachine(),
  };
  await lab.putObject('train/targets.json', JSON.stringify(targets));
  await putPrograms(lab);
  before = await lab.counters(network.vpcId);
  await lab.createJob(hostileJob('attempts', network, program('attempts.ts'), 'train'));
  seen = JSON.parse(await lab.firstLine('attempts')) as typeof seen;
});
afterAll(async () => {
  host?.close();
  await lab?.close();
});

/** What `cloister inspect` says that the resolver refused. */
async function refusedNames(id: string): Promise<readonly string[]> {
  const request = { method: 'GET', path: `/_cloister/inspect/${id}`, headers: {}, body: '' };
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', request)));
  const { facts } = JSON.parse(bodyOf(answer.text)) as { facts: { fact: string; stored: string[] }[] };
  return facts.flatMap(({ fact, stored }) => (fact.endsWith('questions that the resolver refused') ? stored : []));
}

it.each(['network', 'kernel', 'files', 'user'])('every attempt at the %s is refused', (kind) => {
  const answers = Object.entries(seen[kind] as Record<string, string>);
  expect(answers.length).toBeGreaterThan(2);
  // The name of an error each: nothing went wrong in another way.
  expect(answers.filter(([, answer]) => !/^E[A-Z]+$/u.test(answer))).toEqual([]);
});

it('nothing answers: not the machine, the daemon, the router, the cloud or a neighbour whose group lets nobody in', () => {
  const answers = Object.values(seen['reached'] as Record<string, string>);
  expect(answers).toHaveLength(5 + 2 * hostAddresses.length);
  // ECONNREFUSED is the container itself, at 127.0.0.1.
  expect([...new Set(answers)].toSorted()).toEqual(['ECONNREFUSED', 'no answer']);
  expect(seen['credentials']).toBe('status 400');
});

it('no name carries data away', () => {
  expect(Object.values(seen['names'] as Record<string, string>)).toEqual(['ENOTFOUND', 'ETIMEOUT', 'ETIMEOUT']);
});

it('who asked for such a name is known, with the name: while the job runs, and when it has ended', async () => {
  // Node asks for names in small letters.
  const carried = 'c2vjcmv0.attacker.example A (once)';
  await expect.poll(async () => await refusedNames('attempts')).toContainEqual(carried);
  await expect.poll(async () => await refusedNames(network.vpcId)).toContainEqual(carried);
  await lab.stopJob('attempts');
  await lab.endOf('attempts');
  expect(await refusedNames('attempts')).toContainEqual(carried);
  const page = await sendFromHost(lab.onHost('GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'));
  expect(Number(/^cloister_refused_names_total (\d+)$/mu.exec(page.text)?.[1])).toBeGreaterThan(0);
});

it('each refused packet is counted at its gate, and in the set that explains', async () => {
  const { counters, drops } = await lab.networkState(network.vpcId);
  const rose = counters.filter(({ name, packets }) => packets > (before.get(name) ?? 0)).map(({ name }) => name);
  const { vpcId, routeTableId, groupId } = network;
  expect(rose).toEqual(expect.arrayContaining([`destination.${vpcId}`, `route.${routeTableId}`, `ingress.${groupId}`]));
  const to = (destination: string): string[] => [...new Set(drops.filter((drop) => drop.destination === destination).map(({ gate }) => gate))];
  for (const target of [...noRoute, '203.0.113.53:53']) expect([target, to(target.split(':')[0] ?? '')]).toEqual([target, ['route']]);
  expect(to('10.0.0.200')).toEqual(['destination']);
  // Whoever has no capability does not even get as far as the gate against forged addresses.
  expect(seen['forged']).toMatch(/^E[A-Z]+$/u);
  expect(rose).not.toContain(`spoof.${vpcId}`);
  expect(drops.filter(({ source }) => source === forgedSource)).toEqual([]);
});
