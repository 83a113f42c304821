import type { AwsError } from '../../aws/aws-error.ts';
import { readsAll } from './authorization.ts';
import type { Ec2Input, Ec2Operation, Ec2OperationName } from './ec2-operation.ts';
import { operationUnsupported } from './errors.ts';

type Answer<Name extends Ec2OperationName> = ReturnType<Ec2Operation<Name>['commit']>;
/** The refusal for an id, by the member that names it. */
type NotFound<Name extends Ec2OperationName> = { readonly [Member in keyof Ec2Input<Name>]?: (id: string) => AwsError };

/** A read of resources that cannot exist here, because nothing creates them: it is truly empty, and none has the id that is asked for. */
export function emptyRead<Name extends Ec2OperationName>(operation: Name, answer: Answer<Name>, notFound: NotFound<Name> = {}): Ec2Operation<Name> {
  return {
    authorize: readsAll(operation),
    commit(input) {
      for (const member of Object.keys(notFound) as (keyof Ec2Input<Name>)[]) {
        const ids = input[member] as readonly string[] | undefined;
        const [id] = ids ?? [];
        const refusal = notFound[member];
        if (id !== undefined && refusal !== undefined) throw refusal(id);
      }
      return answer;
    },
  };
}

/** An operation that would make what is not enforced here, refused with the reason. */
export function refused<Name extends Ec2OperationName>(operation: Name, reason: string): Ec2Operation<Name> {
  return {
    authorize: readsAll(operation),
    commit() {
      throw operationUnsupported(operation, reason);
    },
  };
}
