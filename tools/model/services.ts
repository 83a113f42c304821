import type { ServiceName } from '../../src/model/arrival.ts';

/** Where the models come from: the SDK client (shapes) and botocore's data folder (constraints). */
export const sources: Readonly<Record<ServiceName, { readonly sdk: string; readonly botocore: string }>> = {
  ec2: { sdk: '@aws-sdk/client-ec2', botocore: 'ec2' },
  iam: { sdk: '@aws-sdk/client-iam', botocore: 'iam' },
  logs: { sdk: '@aws-sdk/client-cloudwatch-logs', botocore: 'logs' },
  s3: { sdk: '@aws-sdk/client-s3', botocore: 's3' },
  sagemaker: { sdk: '@aws-sdk/client-sagemaker', botocore: 'sagemaker' },
  sts: { sdk: '@aws-sdk/client-sts', botocore: 'sts' },
};

/** Constraints of an unpinned botocore would differ from the committed ones without anybody having changed anything. */
export const botocoreVersion = '1.43.11';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The operations whose inputs are held to AWS's constraints. An operation that is built belongs in here. */
export const constrained: Readonly<Record<ServiceName, readonly string[]>> = {
  ec2: words(`
    AllocateAddress AssignPrivateIpAddresses AssociateAddress AssociateDhcpOptions AssociateRouteTable AssociateVpcCidrBlock
    AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateDhcpOptions CreateFlowLogs CreateInternetGateway
    CreateManagedPrefixList CreateNatGateway CreateNetworkAcl CreateNetworkAclEntry CreateNetworkInterface CreateNetworkInterfacePermission
    CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint DeleteDhcpOptions DeleteFlowLogs
    DeleteInternetGateway DeleteManagedPrefixList DeleteNatGateway DeleteNetworkAcl DeleteNetworkAclEntry DeleteNetworkInterface
    DeleteNetworkInterfacePermission DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints
    DescribeAccountAttributes DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeDhcpOptions DescribeFlowLogs DescribeInternetGateways
    DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaceAttribute
    DescribeNetworkInterfacePermissions DescribeNetworkInterfaces DescribePrefixLists DescribeRegions DescribeRouteTables
    DescribeSecurityGroupReferences DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets DescribeTags DescribeVpcAttribute
    DescribeVpcEndpointServices DescribeVpcEndpoints DescribeVpcs DetachInternetGateway DisassociateAddress DisassociateRouteTable
    DisassociateVpcCidrBlock GetManagedPrefixListEntries ModifyManagedPrefixList ModifyNetworkInterfaceAttribute ModifySecurityGroupRules
    ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint ReleaseAddress ReplaceNetworkAclAssociation ReplaceNetworkAclEntry
    ReplaceRoute ReplaceRouteTableAssociation ResetNetworkInterfaceAttribute RevokeSecurityGroupEgress RevokeSecurityGroupIngress
    UnassignPrivateIpAddresses UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress
  `),
  iam: words(`
    AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateGroup
    CreateInstanceProfile CreateLoginProfile CreatePolicy CreatePolicyVersion CreateRole CreateServiceLinkedRole CreateUser DeleteAccessKey
    DeleteGroup DeleteGroupPolicy DeleteInstanceProfile DeleteLoginProfile DeletePolicy DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary
    DeleteRolePolicy DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy
    GetAccessKeyLastUsed GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary GetGroup GetGroupPolicy
    GetInstanceProfile GetLoginProfile GetPolicy GetPolicyVersion GetRole GetRolePolicy GetUser GetUserPolicy ListAccessKeys
    ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListEntitiesForPolicy ListGroupPolicies
    ListGroups ListGroupsForUser ListInstanceProfiles ListInstanceProfilesForRole ListInstanceProfileTags ListMFADevices
    ListOpenIDConnectProviders ListPolicies ListPolicyTags ListPolicyVersions ListRolePolicies ListRoles ListRoleTags ListSAMLProviders
    ListServerCertificates ListServiceSpecificCredentials ListSigningCertificates ListSSHPublicKeys ListUserPolicies ListUsers ListUserTags
    ListVirtualMFADevices PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy
    RemoveRoleFromInstanceProfile RemoveUserFromGroup SetDefaultPolicyVersion SimulateCustomPolicy SimulatePrincipalPolicy
    TagInstanceProfile TagPolicy TagRole TagUser UntagInstanceProfile UntagPolicy UntagRole UntagUser UpdateAccessKey UpdateAssumeRolePolicy
    UpdateGroup UpdateRole UpdateRoleDescription UpdateUser
  `),
  logs: words(`
    CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DeleteRetentionPolicy DescribeLogGroups DescribeLogStreams
    FilterLogEvents GetLogEvents ListTagsForResource ListTagsLogGroup PutLogEvents PutRetentionPolicy TagLogGroup TagResource UntagLogGroup
    UntagResource
  `),
  s3: words(`
    AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteBucket DeleteBucketPolicy
    DeleteBucketTagging DeleteObject DeleteObjects DeleteObjectTagging DeletePublicAccessBlock GetBucketAcl GetBucketEncryption
    GetBucketLocation GetBucketOwnershipControls GetBucketPolicy GetBucketTagging GetBucketVersioning GetObject GetObjectAttributes
    GetObjectTagging GetPublicAccessBlock HeadBucket HeadObject ListBuckets ListMultipartUploads ListObjects ListObjectsV2
    ListObjectVersions ListParts PutBucketEncryption PutBucketOwnershipControls PutBucketPolicy PutBucketTagging PutBucketVersioning
    PutObject PutObjectTagging PutPublicAccessBlock UploadPart UploadPartCopy
  `),
  sagemaker: words(`
    AddTags CreateCompilationJob CreateTrainingJob DeleteCompilationJob DeleteTags DeleteTrainingJob DescribeCompilationJob
    DescribeTrainingJob ListCompilationJobs ListTags ListTrainingJobs StopCompilationJob StopTrainingJob UpdateTrainingJob
  `),
  sts: words(`
    AssumeRole AssumeRoleWithWebIdentity GetAccessKeyInfo GetCallerIdentity GetSessionToken
  `),
};
