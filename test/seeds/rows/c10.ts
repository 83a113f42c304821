import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { claimCompiled, compilationIn, type CompilationSetting, createCompilation } from '../compilation.ts';
import { createNetwork } from '../network.ts';
import { claimDenied, createRoleSession, onHost, type S3Caller } from '../s3-callers.ts';
import { proofOf, type SeedRow } from '../seed.ts';
import type { SeedDaemon } from '../seed-daemon.ts';
import { withoutBucketPolicies } from '../without-policies.ts';
import type { World } from '../world.ts';

interface Setting extends CompilationSetting {
  readonly host: S3Caller;
}

/** Nothing at all may be done with the bucket, by anybody, but from the VPC. */
async function setting(world: World, daemon: SeedDaemon): Promise<Setting> {
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const jobName = world.name('c10');
  const session = await createRoleSession(daemon, jobName);
  const made = await compilationIn(daemon, network, jobName, undefined, session.roleArn);
  const Resource = [`arn:aws:s3:::${made.bucket}`, `arn:aws:s3:::${made.bucket}/*`];
  const Condition = { StringNotEquals: { 'aws:SourceVpc': network.vpcId } };
  const Statement = [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource, Condition }];
  await daemon.s3.send(new PutBucketPolicyCommand({ Bucket: made.bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
  await createCompilation(made);
  return { ...made, host: onHost(world, daemon, session) };
}

export const c10: SeedRow = {
  id: 'C10',
  client: 'JS SDK',
  command: 'PutBucketPolicy (Deny s3:* unless aws:SourceVpc), CreateCompilationJob; the same calls by the same role from the host',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, await world.whole()),
      async assertion(made) {
        const Key = await claimCompiled(made);
        const deny = 'with an explicit deny in a resource-based policy';
        const refusal = await claimDenied(made.host, 'GetObject', { Bucket: made.bucket, Key }, deny);
        await claimDenied(made.host, 'PutObject', { Bucket: made.bucket, Key, Body: 'x' }, deny);
        return `${made.jobName} is COMPLETED under Deny s3:* unless aws:SourceVpc is ${made.network.vpcId}; its role on the host: ${refusal}`;
      },
      control: {
        without: 'the judging of bucket policies',
        setting: async (world) => await setting(world, await world.daemon(withoutBucketPolicies)),
        refutedBy: /^GetObject sagemaker-c10-\d+ compiled\/model-ml_c5\.tar\.gz from the host was done$/,
      },
    }),
  ],
};
