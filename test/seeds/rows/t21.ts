import { anonymousReads, hostOf, install, outcomeText, repositorySetting, type RepositorySetting } from '../repositories.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';

const repositories = ['amazonlinux', 'packages', 'repo'] as const;

export const t21: SeedRow = {
  id: 'T21',
  client: 'dnf',
  command: `dnf install from http://${hostOf('amazonlinux')}/…, ${hostOf('packages')}, ${hostOf('repo')}`,
  proofs: [
    proofOf<RepositorySetting>({
      setting: async (world) => await repositorySetting(world, 'in-table'),
      async assertion(setting) {
        const reads: string[] = [];
        for (const repository of repositories) {
          const text = outcomeText(await install(setting, repository));
          claim(text === 'installed', `dnf from ${hostOf(repository)}: ${text}`);
          reads.push(`${await anonymousReads(setting, repository)} objects of ${hostOf(repository)}`);
        }
        return `installed; by the audit log the anonymous got through ${setting.network.vpcEndpointId} ${reads.join(', ')}`;
      },
      control: {
        without: "the endpoint: the subnet's route table has no route to it",
        setting: async (world) => await repositorySetting(world, 'in-another-table'),
        refutedBy: /^dnf from amazonlinux\.us-east-1\.amazonaws\.com: Curl error \(28\)/,
      },
    }),
  ],
};
