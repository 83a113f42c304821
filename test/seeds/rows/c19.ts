import { claimCompiled, compilationIn, type CompilationSetting, createCompilation } from '../compilation.ts';
import { startNameServer, type NameServer } from '../name-server.ts';
import { createNetwork } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { World } from '../world.ts';

interface Setting extends CompilationSetting {
  readonly nameServer: NameServer;
}

/** A VPC whose names come from a server of the user's own, which knows some. */
async function setting(world: World, known: RegExp): Promise<Setting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  const nameServer = await startNameServer(world, daemon, network, known);
  const made = await compilationIn(daemon, network, world.name('c19'));
  await createCompilation(made);
  return { ...made, nameServer };
}

export const c19: SeedRow = {
  id: 'C19',
  client: 'JS SDK',
  command: 'CreateDhcpOptions, AssociateDhcpOptions; CreateCompilationJob',
  proofs: [
    proofOf<Setting>({
      setting: async (world) => await setting(world, /\.s3\.us-east-1\.amazonaws\.com$/),
      async assertion(made) {
        const { nameServer, network, bucket, jobName } = made;
        await claimCompiled(made);
        const url = `${bucket}.s3.us-east-1.amazonaws.com`;
        claim(nameServer.asked.has(url), `${nameServer.address} was not asked for ${url}`);
        return `${jobName} is COMPLETED; ${nameServer.address}, on an interface of ${network.vpcId}, was asked for ${url}`;
      },
      control: {
        without: "the names of S3 at the VPC's own server",
        setting: async (world) => await setting(world, /\.corp\.example$/),
        refutedBy:
          /^c19-\d+ is FAILED: ClientError: InputConfiguration: .* No address of [\w.-]+ was found: ENOTFOUND\..* Name one that knows the names of S3/,
      },
    }),
  ],
};
