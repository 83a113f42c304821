import type { Operation, OperationContext } from '../operation.ts';
import { dryRunOperation } from './errors.ts';

/**
 * `DryRun`: the call is authorised and checked as any other, and then thrown, so that the transaction takes everything
 * back. What the answer says ("would have succeeded") is therefore true.
 */
export function answeringDryRuns<Operations extends Readonly<Record<string, Operation<any, any>>>>(operations: Operations): Operations {
  const wrapped = Object.entries(operations).map(([name, operation]) => [
    name,
    {
      ...operation,
      commit: (input: { readonly DryRun?: boolean }, context: OperationContext, prepared: undefined) => {
        const output: unknown = operation.commit(input, context, prepared);
        if (input.DryRun === true) throw dryRunOperation();
        return output;
      },
    },
  ]);
  return Object.fromEntries(wrapped) as Operations;
}
