import { denyAmazonLinux, everythingBut } from '../../fixtures/guide-policies.ts';
import { claimRefused, repositorySetting, type RepositorySetting } from '../repositories.ts';
import { proofOf, type SeedRow } from '../seed.ts';

export const t22: SeedRow = {
  id: 'T22',
  client: 'dnf',
  command: "dnf install, after the guide's statement Sid AmazonLinuxAMIRepositoryAccess",
  proofs: [
    proofOf<RepositorySetting>({
      setting: async (world) => await repositorySetting(world, 'in-table', everythingBut(denyAmazonLinux)),
      assertion: async (setting) => await claimRefused(setting, ['packages', 'repo']),
      control: {
        without: 'the statement: the default policy',
        setting: async (world) => await repositorySetting(world, 'in-table'),
        refutedBy: /^dnf from packages\.us-east-1\.amazonaws\.com: installed$/,
      },
    }),
  ],
};
