import { AttachRolePolicyCommand, CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { present } from '../../src/stdx/assert.ts';
import { claimCompiled, compilationIn, type CompilationSetting, createCompilation } from './compilation.ts';
import { createNetwork } from './network.ts';
import { proofOf, type Proof } from './seed.ts';
import type { World } from './world.ts';

interface Role {
  /** Of AWS. */
  readonly managed?: string;
  readonly actions: readonly string[];
}

interface RoleProof {
  readonly role: Role;
  readonly control: { readonly without: string; readonly role: Role; readonly refutedBy: RegExp };
}

const documentOf = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

async function setting(world: World, word: string, { managed, actions }: Role): Promise<CompilationSetting> {
  const daemon = await world.whole();
  const { iam } = daemon;
  const name = world.name(word);
  const trust = documentOf({ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  if (managed !== undefined) await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: `arn:aws:iam::aws:policy/${managed}` }));
  if (actions.length > 0) {
    const PolicyDocument = documentOf({ Effect: 'Allow', Action: actions, Resource: '*' });
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }));
  }
  const network = await world.shared(`${word} network`, async () => await createNetwork(daemon, { endpoint: 'in-table' }));
  const made = await compilationIn(daemon, network, name, undefined, present(Role?.Arn, 'a role has an ARN'));
  await createCompilation(made);
  return made;
}

/** A job with the role is completed; with the control's it is not. */
export const roleProof = (word: string, { role, control }: RoleProof): Proof =>
  proofOf<CompilationSetting>({
    // One job shows it for all proofs of a row.
    setting: async (world) => await world.shared(`${word} allowed`, async () => await setting(world, word, role)),
    async assertion(made) {
      await claimCompiled(made);
      return `${made.jobName} is COMPLETED with its own role`;
    },
    control: { ...control, setting: async (world) => await setting(world, word, control.role) },
  });
