import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import { defaults } from '../../src/daemon/options.ts';
import { run } from '../../src/drivers/process/process.ts';
import { repositoryHostName, type PackageRepository } from '../../src/model/package-repositories.ts';
import { buildRpmRepository, contentOf, dnfInstall, type DnfOutcome } from '../fixtures/rpm-repository.ts';
import { createBucket, createJob, describeJob, jobRequest, stays, until } from './job.ts';
import { createNetwork, networkInterfaces, type Network, type NetworkOptions } from './network.ts';
import { claim, Refuted } from './seed.ts';
import type { SeedDaemon } from './seed-daemon.ts';
import type { World } from './world.ts';

/** A training container that stays, and whose network a package manager works in. */
export interface RepositorySetting {
  readonly daemon: SeedDaemon;
  readonly network: Network;
  readonly jobName: string;
  /** Of the machine of the package manager. */
  readonly folder: string;
}

const packageName = 'hello-vpc';
const prefix = '2/core/2.0/x86_64';
const resolverOfBlock = '10.0.0.2';

/** Every repository of the daemon holds one package: as the operator fills it, with Cloister's command line. */
async function fill(world: World, daemon: SeedDaemon): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-seeds-rpm-'));
  world.onClose(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const directory = await buildRpmRepository(folder, packageName);
  const program = [process.execPath, '--disable-warning=ExperimentalWarning', resolve('src/cli/main.ts')] as const;
  for (const repository of ['packages', 'repo', 'amazonlinux'] satisfies PackageRepository[]) {
    await run([...program, 'repo', 'import', directory, '--bucket', repository, '--prefix', prefix, '--data', daemon.dataDirectory]);
  }
  return folder;
}

/** The job reads its input from the customer's bucket when the network lets it: it trains, so that it did. */
export async function repositorySetting(
  world: World,
  endpoint: NonNullable<NetworkOptions['endpoint']>,
  policy?: object,
): Promise<RepositorySetting> {
  const daemon = await world.whole();
  const filled = await world.run.shared('package repositories', async () => await fill(world.run, daemon));
  const network = await createNetwork(daemon, { endpoint });
  if (policy !== undefined) {
    const PolicyDocument = JSON.stringify(policy);
    await daemon.ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: network.vpcEndpointId, PolicyDocument }));
  }
  const jobName = world.name('repositories');
  const bucket = endpoint === 'in-table' ? { bucket: await createBucket(daemon, jobName) } : {};
  await createJob(daemon, jobRequest(daemon, network, { name: jobName, entrypoint: stays, ...bucket }));
  await until(`${jobName} trains`, async () => {
    const { SecondaryStatus, FailureReason } = await describeJob(daemon, jobName);
    if (FailureReason !== undefined) throw new Refuted(`${jobName} failed: ${FailureReason}`);
    return SecondaryStatus === 'Training' ? true : undefined;
  });
  return { daemon, network, jobName, folder: join(filled, jobName) };
}

export const hostOf = (repository: PackageRepository): string => repositoryHostName(repository, defaults.region);

/** `dnf install` from a repository, with the network of the job's container. */
export async function install({ daemon, network, folder }: RepositorySetting, repository: PackageRepository): Promise<DnfOutcome> {
  const interfaces = await networkInterfaces(daemon, network);
  const algorithm = interfaces.find(({ Attachment }) => Attachment?.DeviceIndex === 1)?.NetworkInterfaceId ?? '';
  const path = daemon.interfacePath(algorithm);
  const baseUrl = `http://${hostOf(repository)}/${prefix}`;
  return await dnfInstall({
    namespace: path.slice('/run/netns/'.length),
    nameServer: resolverOfBlock,
    baseUrl,
    packageName,
    folder: `${folder}-${repository}`,
  });
}

/** In a word what became of it. */
export function outcomeText({ ok, installed, output }: DnfOutcome): string {
  if (ok && installed === contentOf(packageName)) return 'installed';
  return /Status code: \d+|Curl error \(\d+\): [A-Za-z ]+/u.exec(output)?.[0]?.trim() ?? output.slice(-500);
}

/** The objects of a repository that the anonymous got through the endpoint, by the audit log. */
export async function anonymousReads({ daemon, network }: RepositorySetting, repository: PackageRepository): Promise<number> {
  return await until(`the audit log has reads of ${repository}`, () => {
    const lines = readFileSync(join(daemon.dataDirectory, 'audit', 'audit.jsonl'), 'utf8').split('\n');
    const reads = lines.filter(
      (line) => line.includes(`"vpcEndpointId":"${network.vpcEndpointId}"`) && line.includes(`${hostOf(repository)}/${prefix}`),
    );
    const anonymous = reads.filter((line) => line.includes('"principal":"anonymous"') && line.includes('"status":200'));
    return Promise.resolve(anonymous.length === 0 ? undefined : anonymous.length);
  });
}

/** Refused with 403, every one of them. */
export async function claimRefused(setting: RepositorySetting, repositories: readonly PackageRepository[]): Promise<string> {
  for (const repository of repositories) {
    const text = outcomeText(await install(setting, repository));
    claim(text === 'Status code: 403', `dnf from ${hostOf(repository)}: ${text}`);
  }
  const { SecondaryStatus } = await describeJob(setting.daemon, setting.jobName);
  claim(SecondaryStatus === 'Training', `${setting.jobName} is ${SecondaryStatus}`);
  const hosts = repositories.map((repository) => hostOf(repository)).join(', ');
  return `dnf: Status code 403 from ${hosts}; ${setting.jobName} read its input from the customer's bucket through the same ${setting.network.vpcEndpointId}`;
}
