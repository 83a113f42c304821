import type { ContainerContract } from '../../model/job/container-contract.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';

/** Where the code of an instance asks for credentials: a path nobody else's namespace has. */
export function credentialsUriOf({ algorithmInterfaceId }: InstanceRecord): string {
  return `/v2/credentials/${algorithmInterfaceId}`;
}
