import { denyAmazonLinux, denyAmazonLinux2, everythingBut } from '../../fixtures/guide-policies.ts';
import { claimRefused, repositorySetting, type RepositorySetting } from '../repositories.ts';
import { proofOf, type SeedRow } from '../seed.ts';

export const t23: SeedRow = {
  id: 'T23',
  client: 'dnf',
  command: "dnf install, after the guide's statement Sid AmazonLinux2AMIRepositoryAccess",
  proofs: [
    proofOf<RepositorySetting>({
      setting: async (world) => await repositorySetting(world, 'in-table', everythingBut(denyAmazonLinux2)),
      assertion: async (setting) => await claimRefused(setting, ['amazonlinux']),
      control: {
        without: 'the statement: there is the one about Amazon Linux 1 only',
        setting: async (world) => await repositorySetting(world, 'in-table', everythingBut(denyAmazonLinux)),
        refutedBy: /^dnf from amazonlinux\.us-east-1\.amazonaws\.com: installed$/,
      },
    }),
  ],
};
