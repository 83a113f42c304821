import { AwsError } from '../../aws/aws-error.ts';
import type { ConditionContext, Demand } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';
import type { Ec2OperationName } from './ec2-operation.ts';
import { resourceTypeOf, taggableResource, type ResourceType } from './resources.ts';
import { chosenIdKey, tagMapOf, type RequestedTag, type TagSpecification } from './tags.ts';

/**
 * What each call must be allowed to do. Resources and keys as in
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */

type ArnContext = Pick<OperationContext, 'region' | 'accountId'>;

export function arnOf({ region, accountId }: ArnContext, type: ResourceType, id: string): string {
  return `arn:aws:ec2:${region}:${accountId}:${type}/${id}`;
}

/** Describe operations have no resource. */
export const readsAll = (operation: Ec2OperationName) => (): readonly Demand[] => [{ action: `ec2:${operation}`, resource: '*' }];

/** `aws:RequestTag/KEY` and `aws:TagKeys`. */
function requestTagKeys(specifications: readonly TagSpecification[] | undefined): ConditionContext {
  const tags = (specifications ?? []).flatMap(({ Tags = [] }) => Tags).filter(({ Key }) => Key !== undefined && Key !== chosenIdKey);
  if (tags.length === 0) return {};
  return {
    'aws:TagKeys': tags.map(({ Key = '' }) => Key),
    ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, [Value]])),
  };
}

const regionKey = ({ region }: ArnContext): ConditionContext => ({ 'ec2:Region': [region] });

/** The keys an existing resource brings: its tags and its VPC. Nothing when it does not exist: `commit` says so. */
function resourceKeys(context: OperationContext, id: string): ConditionContext {
  const tags = [...tagMapOf(context, id)].flatMap(([key, value]) => [
    [`ec2:ResourceTag/${key}`, [value]],
    [`aws:ResourceTag/${key}`, [value]],
  ]);
  return { ...Object.fromEntries(tags), ...vpcKey(context, id) };
}

function vpcKey(context: OperationContext, id: string): ConditionContext {
  try {
    const { vpcId } = taggableResource(context, id);
    return vpcId === undefined ? {} : { 'ec2:Vpc': [arnOf(context, 'vpc', vpcId)] };
  } catch (error) {
    if (error instanceof AwsError) return {};
    throw error;
  }
}

/** To act on a resource that is there. */
export function demandOn(context: OperationContext, operation: Ec2OperationName, id: string, keys: ConditionContext = {}): Demand {
  const type = resourceTypeOf(id);
  return {
    action: `ec2:${operation}`,
    resource: type === undefined ? `arn:aws:ec2:${context.region}:${context.accountId}:*/${id}` : arnOf(context, type, id),
    context: { ...regionKey(context), ...resourceKeys(context, id), ...keys },
  };
}

/** For operations that only act on resources which their members name. */
export const actsOn =
  <Input>(operation: Ec2OperationName, idsOf: (input: Input) => readonly (string | undefined)[]) =>
  (input: Input, context: OperationContext): readonly Demand[] => {
    const ids = idsOf(input).filter((id) => id !== undefined);
    // A call that names nothing is refused later; it must not pass unjudged until then.
    return ids.length === 0 ? readsAll(operation)() : ids.map((id) => demandOn(context, operation, id));
  };

/** Tags given with a creation need `ec2:CreateTags` as well. */
export function demandTagging(
  context: OperationContext,
  operation: Ec2OperationName,
  type: ResourceType,
  specifications: readonly TagSpecification[] | undefined,
): Demand[] {
  const requestTags = requestTagKeys(specifications);
  if (Object.keys(requestTags).length === 0) return [];
  const keys = { ...regionKey(context), ...requestTags, 'ec2:CreateAction': [operation] };
  return [{ action: 'ec2:CreateTags', resource: arnOf(context, type, '*'), context: keys }];
}

/** To create a resource of this type; with tags, also to tag it. */
export function demandCreation(
  context: OperationContext,
  operation: Ec2OperationName,
  type: ResourceType,
  specifications: readonly TagSpecification[] | undefined,
  keys: ConditionContext = {},
): Demand[] {
  const creationKeys = { ...regionKey(context), ...requestTagKeys(specifications), ...keys };
  const creation = { action: `ec2:${operation}`, resource: arnOf(context, type, '*'), context: creationKeys };
  return [creation, ...demandTagging(context, operation, type, specifications)];
}

/** To set or take away tags of resources that are there. */
export function demandTagChange(
  context: OperationContext,
  operation: 'CreateTags' | 'DeleteTags',
  input: { readonly Resources: readonly string[]; readonly Tags?: readonly RequestedTag[] | undefined },
): readonly Demand[] {
  const keys = requestTagKeys([{ Tags: input.Tags }]);
  if (input.Resources.length === 0) return readsAll(operation)();
  return input.Resources.map((id) => demandOn(context, operation, id, keys));
}
