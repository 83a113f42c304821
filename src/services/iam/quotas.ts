/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const rolesPerAccountMax = 1_000;
export const usersPerAccountMax = 5_000;
export const policiesPerAccountMax = 1_500;
export const instanceProfilesPerAccountMax = 1_000;
export const accessKeysPerUserMax = 2;
/** Of managed policies to a role or a user. */
export const attachmentsMax = 10;
export const versionsPerPolicyMax = 5;
export const managedPolicyCharactersMax = 6_144;
/** Of the policies embedded in a role, together. */
export const rolePoliciesCharactersMax = 10_240;
export const userPoliciesCharactersMax = 2_048;
export const trustPolicyCharactersMax = 2_048;
