import { cidrContains, parseAddress, parseCidr } from '../../../src/model/network/addresses.ts';
import { present } from '../../../src/stdx/assert.ts';
import { claimCompiled, compilationIn, compilationLine, type CompilationSetting, compiles, createCompilation } from '../compilation.ts';
import { createNetwork } from '../network.ts';
import { claim, proofOf, type SeedRow } from '../seed.ts';
import type { World } from '../world.ts';

const names = ['s3-us-east-1.amazonaws.com', 's3.us-east-1.amazonaws.com', 's3.amazonaws.com', 'bucket.s3.us-east-1.amazonaws.com'];

const script = `${compiles}
  const { lookup } = require('node:dns').promises;
  Promise.all(${JSON.stringify(names)}.map((name) => lookup(name).then(({ address }) => address, ({ code }) => code)))
    .then((found) => console.log('C18 ' + JSON.stringify(found)));`;

async function setting(world: World, usesDefaultNames: boolean): Promise<CompilationSetting> {
  const daemon = await world.whole();
  const network = await createNetwork(daemon, { endpoint: 'in-table' });
  if (!usesDefaultNames) await daemon.aws('ec2', 'modify-vpc-attribute', '--vpc-id', network.vpcId, '--no-enable-dns-support');
  const made = await compilationIn(daemon, network, world.name('c18'), script);
  await createCompilation(made);
  return made;
}

export const c18: SeedRow = {
  id: 'C18',
  client: 'getaddrinfo in the compiler; AWS CLI',
  command: 'CreateCompilationJob in a VPC with default DNS; aws ec2 describe-prefix-lists',
  proofs: [
    proofOf<CompilationSetting>({
      setting: async (world) => await setting(world, true),
      async assertion(made) {
        const { daemon } = made;
        await claimCompiled(made);
        const found = JSON.parse(await compilationLine(made, 'C18')) as string[];
        const filter = ['--filters', 'Name=prefix-list-name,Values=com.amazonaws.us-east-1.s3'];
        const { PrefixLists } = await daemon.aws('ec2', 'describe-prefix-lists', ...filter);
        const { PrefixListId, Cidrs } = PrefixLists[0] as { PrefixListId: string; Cidrs: string[] };
        const blocks = Cidrs.map((cidr) => present(parseCidr(cidr), 'a prefix list holds blocks'));
        for (const [index, name] of names.entries()) {
          const address = parseAddress(found[index] ?? '');
          claim(address !== undefined && blocks.some((block) => cidrContains(block, address)), `${name} is ${found[index]} in the compiler`);
        }
        return `the model came by its URL, and ${names.length} names of S3 are ${found[0]} in the compiler, in ${PrefixListId}`;
      },
      control: {
        without: 'default DNS: enableDnsSupport of the VPC is false',
        setting: async (world) => await setting(world, false),
        refutedBy: /^c18-\d+ is FAILED: ClientError: InputConfiguration: Please ensure .* has no resolver: enableDnsSupport is false/,
      },
    }),
  ],
};
