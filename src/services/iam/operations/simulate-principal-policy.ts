import type { EvaluationResult } from '@aws-sdk/client-iam';
import { accountOf, roleByArn } from '../../../access/assume-role-demand.ts';
import { roleSession } from '../../../access/role-session.ts';
import type { Decision } from '../../../model/policy/decision.ts';
import type { Principal } from '../../../model/policy/principal.ts';
import type { OperationContext } from '../../operation.ts';
import { iamErrors } from '../errors.ts';
import type { IamInput, IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';

type SimulateInput = IamInput<'SimulatePrincipalPolicy'>;

/** Pages are in the order of what was asked. */
const placeDigits = 9;

/** What would make the request another one than the principal could send. */
const unsupported = [
  'CallerArn',
  'ContextEntries',
  'PermissionsBoundaryPolicyInputList',
  'PolicyInputList',
  'ResourceHandlingOption',
  'ResourceOwner',
  'ResourcePolicy',
] as const;

/**
 * What the engine that judges every call would say to these, of the policies alone: no resource's policy is looked at. The keys are
 * those of a request that came as this one did. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const simulatePrincipalPolicy: IamOperation<'SimulatePrincipalPolicy'> = {
  authorize: ({ PolicySourceArn }) => [{ action: 'iam:SimulatePrincipalPolicy', resource: PolicySourceArn }],

  commit(input, context) {
    for (const name of unsupported)
      if ((input[name]?.length ?? 0) > 0) throw iamErrors.notSupported('SimulatePrincipalPolicy', `${name} is not judged here`);
    const principal = principalOf(input, context);
    const resources = input.ResourceArns === undefined || input.ResourceArns.length === 0 ? ['*'] : input.ResourceArns;
    const asked = input.ActionNames.flatMap((action) => resources.map((resource) => ({ action, resource })));
    const inOrder = asked.map((question, index) => ({ ...question, place: String(index).padStart(placeDigits, '0') }));
    const { items, ...page } = pageOf(inOrder, ({ place }) => place, input);
    return { EvaluationResults: items.map(({ action, resource }) => simulate(principal, action, resource, context)), ...page };
  },
};

function principalOf({ PolicySourceArn: arn }: SimulateInput, { store, accountId, now }: OperationContext): Principal {
  const role = accountOf(arn) === accountId ? roleByArn(store, arn) : undefined;
  if (role !== undefined) return roleSession(role, 'simulation', now);
  const user = store.iam.of(accountId).users.find(arn.slice(arn.lastIndexOf('/') + 1));
  if (user?.arn === arn) return { type: 'user', accountId, arn, userId: user.userId, userName: user.userName };
  throw arn.includes(':group/') ? iamErrors.notSupported('SimulatePrincipalPolicy', 'a group is nobody who asks') : iamErrors.noSuchSource(arn);
}

function simulate(principal: Principal, action: string, resource: string, { access, arrival, now }: OperationContext): EvaluationResult {
  if (!/^[a-z0-9-]+:[a-z0-9]+$/iu.test(action)) throw iamErrors.badAction(action);
  const decision = access.authorise({ principal, arrival, demand: { action, resource }, now });
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: decisionOf(decision),
    MatchedStatements: decision.determining.map(({ policy }) => ({ SourcePolicyId: policy })),
    MissingContextValues: [],
    ...(decision.missing === 'boundary' ? { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } } : {}),
  };
}

const decisionOf = ({ verdict, missing }: Decision) =>
  verdict === 'allow' ? ('allowed' as const) : missing === undefined ? ('explicitDeny' as const) : ('implicitDeny' as const);
