import { AwsError } from '../../aws/aws-error.ts';

const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', message, { status: 404 });
const entityAlreadyExists = (message: string): AwsError => new AwsError('EntityAlreadyExists', message, { status: 409 });
const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', message, { status: 409 });
const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message, { status: 409 });

/** Every error IAM answers with, in AWS's words. */
export const iamErrors = {
  noSuchRole: (roleName: string) => noSuchEntity(`The role with name ${roleName} cannot be found.`),
  noSuchUser: (userName: string) => noSuchEntity(`The user with name ${userName} cannot be found.`),
  noSuchGroup: (groupName: string) => noSuchEntity(`The group with name ${groupName} cannot be found.`),
  noSuchGroupPolicy: (policyName: string) => noSuchEntity(`The group policy with name ${policyName} cannot be found.`),
  notInGroup: (userName: string, groupName: string) => noSuchEntity(`User ${userName} is not in group ${groupName}.`),
  groupExists: (groupName: string) => entityAlreadyExists(`Group with name ${groupName} already exists.`),
  mustRemoveUsers: () => deleteConflict('Cannot delete entity, must remove users from group first.'),
  noSuchRolePolicy: (policyName: string) => noSuchEntity(`The role policy with name ${policyName} cannot be found.`),
  noSuchUserPolicy: (policyName: string) => noSuchEntity(`The user policy with name ${policyName} cannot be found.`),
  noSuchAccessKey: (accessKeyId: string) => noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`),
  noSuchPolicy: (policyArn: string) => noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.`),
  noSuchPolicyVersion: (policyArn: string, versionId: string) =>
    noSuchEntity(`Policy ${policyArn} version ${versionId} does not exist or is not attachable.`),
  policyNotFound: (policyArn: string) => noSuchEntity(`Policy ${policyArn} was not found.`),
  noSuchBoundary: (policyArn: string) => noSuchEntity(`Scope ARN: ${policyArn} does not exist or is not attachable.`),
  roleExists: (roleName: string) => entityAlreadyExists(`Role with name ${roleName} already exists.`),
  userExists: (userName: string) => entityAlreadyExists(`User with name ${userName} already exists.`),
  policyExists: (policyName: string) => entityAlreadyExists(`A policy called ${policyName} already exists. Duplicate names are not allowed.`),
  policyAttached: () => deleteConflict('Cannot delete a policy attached to entities.'),
  policyHasVersions: () =>
    deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    ),
  defaultVersion: () => deleteConflict('Cannot delete the default version of a policy.'),
  mustDeletePolicies: () => deleteConflict('Cannot delete entity, must delete policies first.'),
  mustDetachPolicies: () => deleteConflict('Cannot delete entity, must detach all policies first.'),
  noSuchInstanceProfile: (name: string) => noSuchEntity(`Instance Profile ${name} cannot be found.`),
  instanceProfileExists: (name: string) => entityAlreadyExists(`Instance Profile ${name} already exists.`),
  noSuchRoleInProfile: (roleName: string, name: string) => noSuchEntity(`Role ${roleName} is not in instance profile ${name}.`),
  mustRemoveRoles: () => deleteConflict('Cannot delete entity, must remove roles from instance profile first.'),
  noPasswordPolicy: (accountId: string) => noSuchEntity(`The Password Policy with domain name ${accountId} cannot be found.`),
  noLoginProfile: (userName: string) => noSuchEntity(`Login Profile for User ${userName} cannot be found.`),
  mustDeleteAccessKeys: () => deleteConflict('Cannot delete entity, must delete access keys first.'),
  quotaExceeded: (quota: string, limit: number) => limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`),
  versionsExceeded: (limit: number) =>
    limitExceeded(`A managed policy can have up to ${limit} versions. Before you create a new version, you must delete an existing version.`),
  policySizeExceeded: (entity: 'role' | 'user' | 'group', name: string, limit: number) =>
    limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${entity} ${name}`),
  malformedPolicyDocument: (problem: string) => new AwsError('MalformedPolicyDocument', problem),
  invalidArn: (arn: string) => new AwsError('InvalidInput', `ARN ${arn} is not valid.`),
  /** Ours: what would only be stored and never enforced. */
  notSupported: (operation: string, reason: string) => new AwsError('InvalidInput', `The operation ${operation} is not supported: ${reason}.`),
  badAction: (action: string) => new AwsError('InvalidInput', `Invalid Input Action: ${action}`),
  noSuchSource: (arn: string) => noSuchEntity(`The policy source with ARN ${arn} cannot be found.`),
  duplicateTagKeys: () => new AwsError('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'),
  invalidMarker: (marker: string) => new AwsError('ValidationError', `Invalid Marker: ${marker}`),
  userNameRequired: () => new AwsError('ValidationError', 'Must specify userName when calling with non-User credentials'),
  statusNotSettable: () => new AwsError('ValidationError', 'The status of an access key can be set to Active or Inactive.'),
};
