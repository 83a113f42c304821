/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const rolesPerAccountMax = 1_000;
export const usersPerAccountMax = 5_000;
export const policiesPerAccountMax = 1_500;
export const instanceProfilesPerAccountMax = 1_000;
export const groupsPerAccountMax = 300;
export const groupsPerUserMax = 10;
export const accessKeysPerUserMax = 2;
/** Of managed policies to a role, a user or a group. */
export const attachmentsMax = 10;
export const versionsPerPolicyMax = 5;
export const managedPolicyCharactersMax = 6_144;
/** Of the policies embedded in a role, together. */
export const rolePoliciesCharactersMax = 10_240;
export const userPoliciesCharactersMax = 2_048;
export const groupPoliciesCharactersMax = 5_120;
export const trustPolicyCharactersMax = 2_048;
