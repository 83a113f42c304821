import type { IamOperation } from '../iam-operation.ts';
import {
  accessKeysPerUserMax,
  attachmentsMax,
  groupPoliciesCharactersMax,
  groupsPerAccountMax,
  groupsPerUserMax,
  instanceProfilesPerAccountMax,
  managedPolicyCharactersMax,
  policiesPerAccountMax,
  rolePoliciesCharactersMax,
  rolesPerAccountMax,
  trustPolicyCharactersMax,
  userPoliciesCharactersMax,
  usersPerAccountMax,
  versionsPerPolicyMax,
} from '../quotas.ts';

/** What an account cannot have here. */
const nothing = {
  MFADevices: 0,
  MFADevicesInUse: 0,
  Providers: 0,
  ServerCertificates: 0,
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 0,
  AccountSigningCertificatesPresent: 0,
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const getAccountSummary: IamOperation<'GetAccountSummary'> = {
  authorize: () => [{ action: 'iam:GetAccountSummary', resource: '*' }],

  commit(_input, { store, accountId }) {
    const { users, groups, roles, policies, instanceProfiles } = store.iam.of(accountId);
    const rootKeys = store.iam.accessKeys.list({ owner: 'root' }).filter((key) => (key.accountId ?? accountId) === accountId);
    return {
      SummaryMap: {
        Users: users.count(),
        Groups: groups.count(),
        Roles: roles.count(),
        Policies: policies.count(),
        PolicyVersionsInUse: policies.list().reduce((sum, { versions }) => sum + versions.length, 0),
        InstanceProfiles: instanceProfiles.count(),
        AccountAccessKeysPresent: rootKeys.length,
        ...nothing,
        UsersQuota: usersPerAccountMax,
        GroupsQuota: groupsPerAccountMax,
        GroupsPerUserQuota: groupsPerUserMax,
        RolesQuota: rolesPerAccountMax,
        PoliciesQuota: policiesPerAccountMax,
        InstanceProfilesQuota: instanceProfilesPerAccountMax,
        AccessKeysPerUserQuota: accessKeysPerUserMax,
        AttachedPoliciesPerGroupQuota: attachmentsMax,
        AttachedPoliciesPerRoleQuota: attachmentsMax,
        AttachedPoliciesPerUserQuota: attachmentsMax,
        VersionsPerPolicyQuota: versionsPerPolicyMax,
        PolicySizeQuota: managedPolicyCharactersMax,
        RolePolicySizeQuota: rolePoliciesCharactersMax,
        GroupPolicySizeQuota: groupPoliciesCharactersMax,
        UserPolicySizeQuota: userPoliciesCharactersMax,
        AssumeRolePolicySizeQuota: trustPolicyCharactersMax,
      },
    };
  },
};
