import { CreateVpcEndpointCommand, DescribeNetworkInterfacesCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { compile } from '../../../src/model/network/compile.ts';
import { present } from '../../../src/stdx/assert.ts';
import { createJob, jobRequest, logLine } from '../job.ts';
import { createNetwork } from '../network.ts';
import { claimRefused, createTargetGroup, everyGroupLetsIn, noGroupLetsIn, targetOutcome, type TargetSetting } from '../private-host.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting extends TargetSetting {
  /** Of the endpoint's interface. */
  readonly address: string;
}

const host = 'sts.us-east-1.amazonaws.com';

/** Asks STS, by its public name and with the role of the job, who asks; prints the answer and the address that it came from. */
const program = `
const c = require('crypto'), https = require('https');
setTimeout(() => process.exit(1), 6000);
const hash = (text) => c.createHash('sha256').update(text).digest('hex');
const mac = (key, text) => c.createHmac('sha256', key).update(text).digest();
(async () => {
  const k = await (await fetch('http://169.254.170.2' + process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)).json();
  const body = 'Action=GetCallerIdentity&Version=2011-06-15', time = new Date().toISOString().replace(/[-:]|[.]\\d+/g, '');
  const day = time.slice(0, 8), scope = day + '/us-east-1/sts/aws4_request', names = 'host;x-amz-date;x-amz-security-token';
  const asked = ['POST', '/', '', 'host:${host}', 'x-amz-date:' + time, 'x-amz-security-token:' + k.Token, '', names, hash(body)];
  const text = ['AWS4-HMAC-SHA256', time, scope, hash(asked.join(String.fromCharCode(10)))].join(String.fromCharCode(10));
  const key = [day, 'us-east-1', 'sts', 'aws4_request'].reduce(mac, 'AWS4' + k.SecretAccessKey);
  const signature = mac(key, text).toString('hex');
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + k.AccessKeyId + '/' + scope + ', SignedHeaders=' + names + ', Signature=' + signature;
  const headers = { authorization, 'x-amz-date': time, 'x-amz-security-token': k.Token,
    'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const request = https.request({ host: '${host}', method: 'POST', headers }, (answer) => {
    const from = answer.socket.remoteAddress;
    let got = '';
    answer.on('data', (part) => (got += part)).on('end', () => {
      console.log('identity ' + (/<Arn>(.*)<.Arn>/.exec(got) || [0, got])[1] + ' ' + from);
      setTimeout(() => process.exit(), 100);
    });
  });
  request.on('error', (error) => { console.log('identity ' + error.message); process.exit(1); });
  request.end(body);
})();`;

/** An item of an entry point has at most 256 characters. */
const entrypoint = ['node', '-e', 'eval(process.argv.slice(1).join(""))', ...(program.replaceAll(/\n\s*/gu, ' ').match(/.{1,250}/gu) ?? [])];

async function setting(world: World, daemon: SeedDaemon, rule: 'with the rule' | 'without'): Promise<Setting> {
  const { ec2 } = daemon;
  const network = await createNetwork(daemon);
  const { vpcId: VpcId, subnetIds } = network;
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const jobName = world.name('t26');
  const groupId = await createTargetGroup(daemon, network, jobName, rule === 'with the rule' ? 443 : undefined);
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      ServiceName: 'com.amazonaws.us-east-1.sts',
      VpcId,
      SubnetIds: [...subnetIds],
      SecurityGroupIds: [groupId],
      PrivateDnsEnabled: true,
    }),
  );
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: VpcEndpoint?.NetworkInterfaceIds ?? [] }));
  const address = present(NetworkInterfaces?.[0]?.PrivateIpAddress, 'an endpoint has an address');
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint }));
  return { daemon, network, groupId, address, jobName };
}

const answered = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'with the rule'),
  async assertion(made) {
    const { status, reason } = await targetOutcome(made);
    claim(status === 'Completed', `${made.jobName} is ${status}: ${reason}`);
    const [arn = '', from = ''] = (await logLine(made.daemon, made.jobName, 'identity')).split(' ');
    claim(arn.startsWith('arn:aws:sts::000000000000:assumed-role/seeds/'), `STS answered ${arn}`);
    claim(from === made.address, `the answer came from ${from}, not from ${made.address}`);
    return `the job asked ${host}, ${from} in its VPC, and is ${arn}`;
  },
  control: {
    without: 'the rule: no group lets anyone in',
    setting: async (world) =>
      await setting(world, await world.daemon({ compile: (all, vpcId) => compile(noGroupLetsIn(all), vpcId) }), 'with the rule'),
    refutedBy: /^t26-\d+ is Failed: AlgorithmError: /,
  },
});

const refused = proofOf<Setting>({
  setting: async (world) => await setting(world, await world.whole(), 'without'),
  assertion: async (made) => `without a rule for 443 ${await claimRefused(made)}`,
  control: {
    without: 'the gate: every group lets everybody in',
    setting: async (world) => await setting(world, await world.daemon({ compile: (all, vpcId) => compile(everyGroupLetsIn(all), vpcId) }), 'without'),
    refutedBy: /^t26-\d+ is Completed$/,
  },
});

export const t26: SeedRow = {
  id: 'T26',
  client: 'JS SDK; HTTPS from the container',
  command: 'CreateVpcEndpoint (Interface, sts, private DNS), CreateTrainingJob; GetCallerIdentity in the job',
  proofs: [answered, refused],
};
