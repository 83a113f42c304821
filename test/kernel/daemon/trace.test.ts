import { resolve } from 'node:path';
import * as Ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TraceAnswer } from '../../../src/daemon/trace/answer-trace.ts';
import { s3Address } from '../../../src/model/network/reserved.ts';
import * as demo from '../../clients/demo-path.ts';
import { bodyOf, DaemonLab, execute, region, sendFromHost, type Network } from './lab.ts';

/** `cloister trace`: what the model says of a packet, gate by gate, and a real packet that shows whether the kernel agrees. */

let lab: DaemonLab;
let network: Network;
let plain: Awaited<ReturnType<DaemonLab['makeInterface']>>;
const s3Name = `s3.${region}.amazonaws.com`;

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.createJob(demo.endlessJob('endless', network));
  await lab.firstLine('endless');
  plain = await lab.makeInterface(network);
});
afterAll(async () => void (await lab?.close()));

const ask = async (from: string, query: Readonly<Record<string, string>>): Promise<{ status: number; body: TraceAnswer & { message?: string } }> => {
  const path = `/_cloister/trace/${from}?${new URLSearchParams(query).toString()}`;
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', { method: 'GET', path, headers: {}, body: '' })));
  return { status: answer.status, body: JSON.parse(bodyOf(answer.text)) as TraceAnswer };
};
const probe = async (from: string, query: Readonly<Record<string, string>>): Promise<TraceAnswer> =>
  (await ask(from, { ...query, probe: 'true' })).body;
const cli = async (...argv: readonly string[]) =>
  await execute([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    resolve('src/cli/main.ts'),
    'trace',
    ...argv,
    '--data',
    lab.dataDirectory,
  ]);

describe('a packet of a running job', () => {
  it('to S3 without a route ends at the route table, and a real one is counted there', async () => {
    const { result, rose } = await lab.counted(network.vpcId, async () => await probe('endless', { to: s3Name, port: '443' }));
    expect(result).toMatchObject({
      verdict: 'dropped',
      to: { host: s3Name, address: s3Address },
      probe: { answer: 'none', gate: 'route', agrees: true },
    });
    expect(result.cause).toContain(`route table ${network.routeTableId} has no route to prefix list`);
    expect(result.hops.at(-1)).toMatchObject({ gate: 'route', passed: false });
    expect(rose).toContain(`route.${network.routeTableId}`);
  });

  it('to a neighbour that no rule admits ends at its group, by TCP, UDP and ICMP', async () => {
    for (const packet of [{ port: '7999' }, { protocol: 'udp', port: '7999' }, { protocol: 'icmp' }]) {
      const answer = await probe('endless/algo-1', { to: plain.address, ...packet });
      expect(answer).toMatchObject({ verdict: 'dropped', probe: { answer: 'none', gate: 'ingress-groups', agrees: true } });
      expect(answer.probe?.text).toContain(`refused by ${network.groupId}`);
    }
  });

  it('to the resolver arrives', async () => {
    const answer = await probe('endless', { to: '169.254.169.253', port: '53' });
    expect(answer).toMatchObject({
      verdict: 'accepted',
      arrivesAt: `the resolver of ${network.vpcId}`,
      probe: { answer: 'connected', agrees: true },
    });
  });
});

describe('after the rules were changed', () => {
  beforeAll(async () => {
    await lab.allowMembers(network);
    await lab.makeS3Endpoint(network);
    await vi.waitUntil(async () => (await ask(plain.id, { to: s3Name, port: '443' })).body.behind === undefined, { timeout: 10_000 });
  });

  it('S3 is reached through the endpoint, and only by its ports', async () => {
    expect(await probe(plain.id, { to: s3Name, port: '443' })).toMatchObject({ verdict: 'accepted', probe: { answer: 'connected', agrees: true } });
    expect(await probe(plain.id, { to: s3Name, port: '22' })).toMatchObject({
      verdict: 'dropped',
      probe: { answer: 'none', gate: 'endpoint', agrees: true },
    });
  });

  it('a neighbour is reached where nobody listens', async () => {
    expect(await probe('endless', { to: plain.address, port: '7999' })).toMatchObject({ probe: { answer: 'refused', agrees: true } });
    expect(await probe('endless', { to: plain.address, protocol: 'icmp' })).toMatchObject({ probe: { answer: 'answered', agrees: true } });
  });
});

describe('a question that has no answer', () => {
  it.each([
    ['eni-0123456789abcdef0', { to: s3Name, port: '443' }, 404, 'no network interface'],
    ['no-such-job', { to: s3Name, port: '443' }, 404, 'no job that has interfaces now'],
    ['endless/algo-2', { to: s3Name, port: '443' }, 404, 'no job that has interfaces now'],
    ['endless', { to: 'example.com', port: '443' }, 404, 'does not know example.com'],
    ['endless', { to: s3Name, port: '70000' }, 400, '70000 is not a port'],
    ['endless', { to: s3Name, port: '443', protocol: 'sctp' }, 400, 'sctp is not tcp, udp or icmp'],
  ] as const)('%s %j: %i, in words', async (from, query, status, words) => {
    const answer = await ask(from, query);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(words);
  });

  it('without a resolver says that there is none', async () => {
    const other = await lab.makeNetwork('10.9.0.0/16');
    await lab.ec2.send(new Ec2.ModifyVpcAttributeCommand({ VpcId: other.vpcId, EnableDnsSupport: { Value: false } }));
    const { id } = await lab.makeInterface(other);
    expect((await ask(id, { to: s3Name, port: '443' })).body.message).toContain('enableDnsSupport is false');
  });
});

describe('the command', () => {
  it('prints the way and exits with 0 when the packet arrives', async () => {
    const { code, stdout } = await cli('endless', `${s3Name}:443`, '--probe');
    expect(code).toBe(0);
    expect(stdout).toContain('arrives at vpce-');
    expect(stdout).toContain('the kernel agrees');
  });

  it('exits with 1 when it does not, and says what to change', async () => {
    const { code, stdout } = await cli('endless', '8.8.8.8:443');
    expect(code).toBe(1);
    expect(stdout.replaceAll(/\s+/gu, ' ')).toContain(`route table ${network.routeTableId} has no route to 8.8.8.8. Add a route`);
  });
});
