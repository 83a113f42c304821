import * as Ec2 from '@aws-sdk/client-ec2';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { edgeApiAddresses } from '../../../src/model/network/reserved.ts';
import { present } from '../../../src/stdx/assert.ts';
import { sleep } from '../../../src/stdx/deadline.ts';
import { available, until } from './available.ts';
import { askByName, type NamedAnswer, type NamedRequest } from './by-name.ts';
import { bodyOf, DaemonLab, execute, type Network, sendFromHost } from './lab.ts';

/** Services of AWS at private addresses: what the groups, the names and the policies of an interface endpoint do to real packets. */

let lab: DaemonLab;
let network: Network;
let client: { id: string; namespace: string; address: string };
let endpointGroup: string;
const endpoints = new Map<string, Ec2.VpcEndpoint>();

beforeAll(async () => {
  lab = await DaemonLab.open();
  network = await lab.makeNetwork();
  const { vpcId: VpcId, groupId } = network;
  await lab.ec2.send(new Ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const { GroupId } = await lab.ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId, GroupName: 'endpoints', Description: 'endpoints' }));
  endpointGroup = present(GroupId, 'a group has an id');
  await allow('Authorize', groupId);
  client = await lab.makeInterface(network);
  for (const service of ['sts', 'logs', 'ec2', 's3']) endpoints.set(service, await makeEndpoint(service));
});
afterAll(async () => void (await lab?.close()));

/** HTTPS from members of a group to the endpoints. */
async function allow(change: 'Authorize' | 'Revoke', from: string): Promise<void> {
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: from }] }];
  const rule = { GroupId: endpointGroup, IpPermissions };
  if (change === 'Authorize') await lab.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand(rule));
  else await lab.ec2.send(new Ec2.RevokeSecurityGroupIngressCommand(rule));
  await applied();
}

async function makeEndpoint(service: string): Promise<Ec2.VpcEndpoint> {
  const { VpcEndpoint } = await lab.ec2.send(
    new Ec2.CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      ServiceName: `com.amazonaws.us-east-1.${service}`,
      VpcId: network.vpcId,
      SubnetIds: [network.subnetId],
      SecurityGroupIds: [endpointGroup],
    }),
  );
  return await available(lab.ec2, present(VpcEndpoint?.VpcEndpointId, 'an endpoint has an id'));
}

/** Until the kernel holds everything that was asked for. */
async function applied(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const text = await lab.signed('cloister', { method: 'GET', path: `/_cloister/inspect/${network.vpcId}`, headers: {}, body: '' });
    const { facts } = JSON.parse(bodyOf((await sendFromHost(lab.onHost(text))).text)) as { facts: { fact: string; agrees: boolean }[] };
    if (facts.find(({ fact }) => fact === 'generation')?.agrees === true) return;
    await sleep(100);
  }
  throw new Error(`${network.vpcId} is not applied`);
}

const endpoint = (service: string): Ec2.VpcEndpoint => present(endpoints.get(service), `there is an endpoint of ${service}`);

async function addressOf(service: string): Promise<string> {
  const NetworkInterfaceIds = endpoint(service).NetworkInterfaceIds ?? [];
  const { NetworkInterfaces } = await lab.ec2.send(new Ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }));
  return present(NetworkInterfaces?.[0]?.PrivateIpAddress, 'an interface has an address');
}

const form = (service: string, host: string, body: string) => signedFor(service, host, { 'content-type': 'application/x-www-form-urlencoded' }, body);

async function signedFor(service: string, host: string, headers: Readonly<Record<string, string>>, body: string): Promise<NamedRequest> {
  return { host, text: await lab.signed(service, { method: 'POST', path: '/', headers: { host, ...headers }, body }) };
}

const identity = async (host = 'sts.us-east-1.amazonaws.com'): Promise<NamedRequest> =>
  await form('sts', host, 'Action=GetCallerIdentity&Version=2011-06-15');
const describeVpcs = async (host = 'ec2.us-east-1.amazonaws.com'): Promise<NamedRequest> =>
  await form('ec2', host, 'Action=DescribeVpcs&Version=2016-11-15');
const describeGroups = async (): Promise<NamedRequest> =>
  await signedFor(
    'logs',
    'logs.us-east-1.amazonaws.com',
    { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.DescribeLogGroups' },
    '{}',
  );

const ask = async (...requests: readonly NamedRequest[]): Promise<readonly NamedAnswer[]> =>
  await askByName(client.namespace, lab.dataDirectory, requests);

it('leads the public names of STS, Logs and EC2 to private addresses, where the services answer', async () => {
  const answers = await ask(await identity(), await describeGroups(), await describeVpcs());
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.map(({ addresses }) => addresses)).toEqual([[await addressOf('sts')], [await addressOf('logs')], [await addressOf('ec2')]]);
  expect(answers[0]?.text).toContain('arn:aws:iam::000000000000:root');
  expect(answers[1]?.text).toContain('"logGroups"');
  expect(answers[2]?.text).toContain(network.vpcId);
});

it('answers at its own names, with certificates for them', async () => {
  const names = (endpoint('sts').DnsEntries ?? []).map(({ DnsName = '' }) => DnsName).filter((name) => name.startsWith('vpce-'));
  expect(names).toHaveLength(2);
  const answers = await ask(...(await Promise.all(names.map(identity))));
  expect(answers.map(({ status, addresses }) => [status, ...addresses])).toEqual(names.map(() => [200, present(answers[0]?.addresses[0], 'it')]));
});

it('is S3 at its own names, the bucket in the name or in the path, and leaves the public names alone', async () => {
  await lab.s3.send(new CreateBucketCommand({ Bucket: 'behind' }));
  await lab.s3.send(new PutObjectCommand({ Bucket: 'behind', Key: 'key', Body: 'the object' }));
  const base = present(endpoint('s3').DnsEntries?.[0]?.DnsName, 'S3 has names').replace('*.', '');
  const get = async (host: string, path: string): Promise<NamedRequest> => ({
    host,
    text: await lab.signed('s3', { method: 'GET', path, headers: { host }, body: '' }),
  });
  const answers = await ask(await get(`bucket.${base}`, '/behind/key'), await get(`behind.bucket.${base}`, '/key'));
  expect(answers.map(({ status, text }) => [status, bodyOf(text)])).toEqual([
    [200, 'the object'],
    [200, 'the object'],
  ]);
  const [public_] = await ask(await get('s3.us-east-1.amazonaws.com', '/behind/key'));
  expect(public_).toMatchObject({ addresses: ['198.18.0.10'], status: 0 });
});

it('lets in by its groups, and counts whom it does not', async () => {
  const { result: open } = await lab.counted(network.vpcId, async () => await ask(await identity()));
  expect(open[0]?.status).toBe(200);
  await allow('Revoke', network.groupId);
  const { result: shut, rose } = await lab.counted(network.vpcId, async () => await ask(await identity()));
  await allow('Authorize', network.groupId);
  expect([shut[0]?.status, shut[0]?.text]).toEqual([0, 'ETIMEDOUT']);
  expect(rose).toContain(`ingress.${endpointGroup}`);
});

it('lets through what its policy allows, by who asks from where, in the words of the service', async () => {
  const { VpcEndpointId = '' } = endpoint('ec2');
  const setPolicy = async (condition: object): Promise<void> => {
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'ec2:DescribeVpcs', Resource: '*', Condition: condition }];
    await lab.ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  };
  const describeSubnets = await form('ec2', 'ec2.us-east-1.amazonaws.com', 'Action=DescribeSubnets&Version=2016-11-15');
  await setPolicy({
    StringEquals: { 'aws:SourceVpce': VpcEndpointId, 'aws:SourceVpc': network.vpcId },
    IpAddress: { 'aws:VpcSourceIp': client.address },
  });
  const [vpcs, subnets] = await ask(await describeVpcs(), describeSubnets);
  expect([vpcs?.status, subnets?.status]).toEqual([200, 403]);
  expect(subnets?.text).toContain('because no VPC endpoint policy allows the ec2:DescribeSubnets action');
  await setPolicy({ IpAddress: { 'aws:VpcSourceIp': '10.0.9.0/24' } });
  expect((await ask(await describeVpcs()))[0]?.status).toBe(403);
  await lab.ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId, ResetPolicy: true }));
  expect((await ask(await describeVpcs()))[0]?.status).toBe(200);
});

it('is one service, whatever a request says of itself', async () => {
  const address = await addressOf('sts');
  const [vpcs, groups] = await ask({ ...(await describeVpcs()), address }, { ...(await describeGroups()), address });
  expect([vpcs?.status, groups?.status]).toEqual([403, 403]);
  for (const answer of [vpcs, groups]) expect(answer?.text).not.toMatch(/vpc-|logGroups/);
});

it('answers at its port and to nothing else', async () => {
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: network.groupId }] }];
  await lab.ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId: endpointGroup, IpPermissions }));
  await applied();
  const address = await addressOf('sts');
  const [other] = await ask({ ...(await identity()), address, port: 8443 });
  const ping = await execute(['ip', 'netns', 'exec', client.namespace, 'ping', '-c', '1', '-W', '1', address]);
  await lab.ec2.send(new Ec2.RevokeSecurityGroupIngressCommand({ GroupId: endpointGroup, IpPermissions }));
  await applied();
  expect([other?.text, ping.code]).toEqual(['ETIMEDOUT', 1]);
  expect((await ask(await identity()))[0]?.status).toBe(200);
});

it('is the same in the rows, the plan and the kernel', async () => {
  const { VpcEndpointId } = endpoint('logs');
  const path = `/_cloister/inspect/${VpcEndpointId}`;
  const text = await lab.signed('cloister', { method: 'GET', path, headers: {}, body: '' });
  const seen = JSON.parse(bodyOf((await sendFromHost(lab.onHost(text))).text)) as { kind: string; agrees: boolean; facts: object[] };
  expect(seen.kind).toBe('interface endpoint');
  expect(seen.facts).toContainEqual(expect.objectContaining({ fact: expect.stringMatching(/^eni-\w+: listener$/), kernel: ['tcp 0.0.0.0:443'] }));
  expect(seen.facts.filter((fact) => 'agrees' in fact && fact.agrees !== true)).toEqual([]);
});

it('answers again when the daemon starts again', async () => {
  await lab.restart();
  const [answer] = await until(
    async () => await ask(await identity()),
    ([first]) => first?.status === 200,
  );
  expect(answer?.status).toBe(200);
});

it("gives the names back with private DNS off, and is gone with its interfaces when it is deleted; S3's names can be taken, too", async () => {
  const { VpcEndpointId = '' } = endpoint('sts');
  await lab.ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId, PrivateDnsEnabled: false }));
  await applied();
  const own = present(endpoint('sts').DnsEntries?.[0]?.DnsName, 'it has names');
  const [outside, known] = await ask(await identity(), await identity(own));
  // The public address, to which this VPC has no route.
  expect([outside?.addresses, outside?.text, known?.status]).toEqual([[edgeApiAddresses.sts], 'ETIMEDOUT', 200]);
  const s3 = present(endpoint('s3').VpcEndpointId, 'an id');
  const change = { VpcEndpointId: s3, PrivateDnsEnabled: true, DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: false } };
  await lab.ec2.send(new Ec2.ModifyVpcEndpointCommand(change));
  const address = await addressOf('sts');
  await lab.ec2.send(new Ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }));
  await applied();
  const host = 'behind.s3.us-east-1.amazonaws.com';
  const object = { host, text: await lab.signed('s3', { method: 'GET', path: '/key', headers: { host }, body: '' }) };
  const [gone, taken] = await ask({ ...(await identity()), address }, object);
  expect([gone?.status, taken?.status, taken?.addresses]).toEqual([0, 200, [await addressOf('s3')]]);
});
