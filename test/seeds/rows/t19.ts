import { randomUUID } from 'node:crypto';
import { DeletePublicAccessBlockCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { cidrContains, parseAddress, parseCidr } from '../../../src/model/network/addresses.ts';
import { present } from '../../../src/stdx/assert.ts';
import { createBucket, createJob, jobRequest, logLine } from '../job.ts';
import { createNetwork, type Network } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import type { World } from '../world.ts';

interface Setting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly bucket: string;
  /** What the object holds. */
  readonly secret: string;
  readonly jobName: string;
}

/** The first is that of the guide. */
const urlsOf = (bucket: string): readonly string[] => [
  `http://s3-us-east-1.amazonaws.com/${bucket}/secret`,
  `http://s3.us-east-1.amazonaws.com/${bucket}/secret`,
  `http://s3.amazonaws.com/${bucket}/secret`,
  `http://${bucket}.s3.us-east-1.amazonaws.com/secret`,
  `http://${bucket}.s3.dualstack.us-east-1.amazonaws.com/secret`,
];

/** Of each URL the address of its host and what is there, or why not. */
const program =
  "l=require('dns').promises.lookup;a=async u=>{try{return[(await l(new URL(u).host)).address,await(await fetch(u)).text()]}" +
  "catch(e){return[e.code]}};Promise.all(process.argv.slice(1).map(a)).then(o=>console.log('T19 '+JSON.stringify(o)))";
/** A name server that is not there is waited for once, and not for long. */
const impatiently = 'RES_OPTIONS="timeout:2 attempts:1" exec node -e "$0" "$@"';

async function setting(world: World, usesDefaultNames: boolean): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  if (!usesDefaultNames) await daemon.aws('ec2', 'modify-vpc-attribute', '--vpc-id', network.vpcId, '--no-enable-dns-support');
  const secret = randomUUID();
  const jobName = world.name('t19');
  const bucket = await createBucket(daemon, jobName, { secret });
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/secret` };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await daemon.s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  return { daemon, network, bucket, secret, jobName };
}

export const t19: SeedRow = {
  id: 'T19',
  client: 'getaddrinfo and fetch in the container; AWS CLI',
  command: "fetch('http://s3-us-east-1.amazonaws.com/BUCKET/secret'), and four other forms; aws ec2 describe-prefix-lists",
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, true),
      async assertion({ daemon, network, bucket, secret, jobName }) {
        const urls = urlsOf(bucket);
        await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: ['sh', '-c', impatiently, program, ...urls] }));
        const answers = JSON.parse(await logLine(daemon, jobName, 'T19')) as [address: string, body: string][];
        const { PrefixLists } = await daemon.aws(
          'ec2',
          'describe-prefix-lists',
          '--filters',
          'Name=prefix-list-name,Values=com.amazonaws.us-east-1.s3',
        );
        const { PrefixListId, Cidrs } = PrefixLists[0] as { PrefixListId: string; Cidrs: string[] };
        const blocks = Cidrs.map((cidr) => present(parseCidr(cidr), 'a prefix list holds blocks'));
        for (const [index, url] of urls.entries()) {
          const [found = '', body = ''] = answers[index] ?? [];
          const address = parseAddress(found);
          claim(address !== undefined, `${new URL(url).host} is ${found} in the container`);
          claim(
            blocks.some((block) => cidrContains(block, address)),
            `${found} of ${url} is not in ${PrefixListId}`,
          );
          claim(body === secret, `${url} answered ${body}`);
        }
        return `${urls.length} forms lead to ${answers[0]?.[0]} in ${PrefixListId} (${Cidrs.join(', ')}), and to what the object holds: ${secret}`;
      },
      control: {
        without: 'default DNS: enableDnsSupport of the VPC is false',
        setting: async (world) => await setting(world, false),
        refutedBy: /^s3-us-east-1\.amazonaws\.com is EAI_AGAIN in the container$/,
      },
    }),
  ],
};
