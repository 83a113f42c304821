import { AwsError } from '../../aws/aws-error.ts';

/** EC2's refusals in EC2's words. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */

export const dryRunOperation = (): AwsError =>
  new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });

/** A member that asks for something which is not enforced here, and is therefore not accepted. */
export const unsupported = (member: string, reason: string): AwsError =>
  new AwsError('UnsupportedOperation', `The parameter ${member} is not supported: ${reason}.`);

/** An operation that is known and does nothing here, because what it makes would not be enforced. */
export const operationUnsupported = (operation: string, reason: string): AwsError =>
  new AwsError('UnsupportedOperation', `The operation ${operation} is not supported: ${reason}.`);

export const missingParameter = (message: string): AwsError => new AwsError('MissingParameter', message);
export const parameterRequired = (parameter: string): AwsError => missingParameter(`The request must contain the parameter ${parameter}`);
export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameter', message);
export const invalidParameterValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
export const invalidParameterCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message);
export const invalidFilter = (name: string): AwsError => invalidParameterValue(`The filter '${name}' is invalid`);
export const tooManyFilterValues = (maximum: number): AwsError =>
  new AwsError('FilterLimitExceeded', `The maximum length for a filter value list is ${maximum}`);
export const invalidPaginationToken = (): AwsError =>
  new AwsError('InvalidPaginationToken', 'The specified pagination token is not valid or is expired.');
export const idempotentParameterMismatch = (): AwsError =>
  new AwsError('IdempotentParameterMismatch', 'The request uses the same client token as a previous, but non-identical request.');
export const dependencyViolation = (message: string): AwsError => new AwsError('DependencyViolation', message);
type Dependent = 'vpc' | 'subnet' | 'routeTable' | 'network ACL' | 'internetGateway' | 'dhcpOptions' | 'prefix list';
export const hasDependencies = (noun: Dependent, id: string): AwsError =>
  dependencyViolation(`The ${noun} '${id}' has dependencies and cannot be deleted.`);
export const operationNotPermitted = (message: string): AwsError => new AwsError('OperationNotPermitted', message);
export const authFailure = (): AwsError => new AwsError('AuthFailure', 'You do not have permission to access the specified resource.');

// Identifiers

export const malformedId = (code: string, id: string, prefix: string): AwsError =>
  new AwsError(code, `Invalid id: "${id}" (expecting "${prefix}-...")`);
export const invalidId = (id: string): AwsError => new AwsError('InvalidID', `The ID '${id}' is not valid`);
export const vpcNotFound = (id: string): AwsError => new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
export const subnetNotFound = (id: string): AwsError => new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
export const routeTableNotFound = (id: string): AwsError => new AwsError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
export const groupNotFound = (id: string): AwsError => new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
export const ruleNotFound = (id: string): AwsError =>
  new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
export const vpcEndpointNotFound = (id: string): AwsError =>
  new AwsError('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);
export const networkInterfaceNotFound = (id: string): AwsError =>
  new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
export const permissionIdNotFound = (id: string): AwsError =>
  new AwsError('InvalidPermissionID.NotFound', `The network interface permission ID '${id}' does not exist`);
export const prefixListNotFound = (id: string): AwsError => new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
export const dhcpOptionsNotFound = (id: string): AwsError => new AwsError('InvalidDhcpOptionID.NotFound', `The dhcpOption ID '${id}' does not exist`);
export const bornDhcpOptionsStay = (id: string): AwsError =>
  operationNotPermitted(`The dhcpOptions '${id}' is the set that VPCs are created with and cannot be deleted.`);
export const networkAclNotFound = (id: string): AwsError => new AwsError('InvalidNetworkAclID.NotFound', `The network acl ID '${id}' does not exist`);
export const networkAclEntryNotFound = (number: number): AwsError =>
  new AwsError('InvalidNetworkAclEntry.NotFound', `The network acl entry identified by ${number} does not exist.`);
export const networkAclEntryAlreadyExists = (number: number): AwsError =>
  new AwsError('NetworkAclEntryAlreadyExists', `The network acl entry identified by ${number} already exists.`);
export const networkAclEntryLimitExceeded = (): AwsError =>
  new AwsError('NetworkAclEntryLimitExceeded', 'The maximum number of network acl entries has been reached.');
export const internetGatewayNotFound = (id: string): AwsError =>
  new AwsError('InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`);
export const allocationNotFound = (id: string): AwsError => new AwsError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
export const addressNotFound = (address: string): AwsError => new AwsError('InvalidAddress.NotFound', `Address '${address}' not found.`);
export const natGatewayNotFound = (id: string): AwsError => new AwsError('NatGatewayNotFound', `The Nat Gateway ${id} was not found`);
export const attachmentNotFound = (id: string): AwsError =>
  new AwsError('InvalidAttachmentID.NotFound', `The attachment with ID '${id}' does not exist`);
export const associationNotFound = (id: string): AwsError =>
  new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);

// VPCs and subnets

export const invalidCidrBlock = (cidrBlock: string): AwsError =>
  invalidParameterValue(`Value (${cidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
/** `reason` follows AWS's sentence where the range is fine on AWS and taken here. */
export const vpcRange = (cidrBlock: string, reason?: string): AwsError =>
  new AwsError('InvalidVpc.Range', `The CIDR '${cidrBlock}' is invalid.${reason === undefined ? '' : ` ${reason}`}`);
export const subnetRange = (cidrBlock: string): AwsError => new AwsError('InvalidSubnet.Range', `The CIDR '${cidrBlock}' is invalid.`);
export const subnetConflict = (cidrBlock: string): AwsError =>
  new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidrBlock}' conflicts with another subnet`);
export const invalidAvailabilityZone = (parameter: string, value: string, zones: readonly string[]): AwsError =>
  invalidParameterValue(
    `Value (${value}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`,
  );
export const vpcBlockConflict = (cidrBlock: string): AwsError =>
  new AwsError('InvalidVpc.Range', `The CIDR '${cidrBlock}' conflicts with another CIDR block of the VPC`);
export const restrictedBlock = (cidrBlock: string): AwsError =>
  new AwsError(
    'InvalidVpc.Range',
    `The CIDR '${cidrBlock}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR. For additional restrictions, see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html`,
  );
export const blockRouted = (cidrBlock: string, routeTableId: string, destination: string): AwsError =>
  new AwsError(
    'InvalidVpc.Range',
    `The CIDR '${cidrBlock}' is the same as or larger than the destination ${destination} of a route in ${routeTableId}`,
  );
export const tooManyBlocks = (vpcId: string, maximum: number): AwsError =>
  new AwsError('CidrLimitExceeded', `This network '${vpcId}' has met its maximum number of allowed CIDRs: ${maximum}`);
export const cidrAssociationNotFound = (id: string): AwsError =>
  new AwsError('InvalidVpcCidrBlockAssociationID.NotFound', `The vpc CIDR block association ID '${id}' does not exist`);
export const primaryBlockStays = (associationId: string): AwsError =>
  operationNotPermitted(
    `The vpc CIDR block with association ID ${associationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
  );
export const blockInUse = (vpcId: string, cidrBlock: string): AwsError =>
  new AwsError('InvalidCidrBlock.InUse', `The vpc ${vpcId} currently has a subnet within CIDR block ${cidrBlock}`);
export const defaultVpcExists = (): AwsError =>
  new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
export const defaultVpcAbsent = (): AwsError => new AwsError('DefaultVpcDoesNotExist', 'No default VPC exists for this account in this region.');
export const defaultSubnetExists = (subnetId: string, zone: string): AwsError =>
  new AwsError('DefaultSubnetAlreadyExistsInAvailabilityZone', `'${subnetId}' is already the default subnet in ${zone}.`);
export const noRoomForDefaultSubnet = (vpcId: string): AwsError =>
  new AwsError('InsufficientCidrBlocks', `The default VPC '${vpcId}' has no free block of the size of a default subnet.`);
export const noDefaultVpc = (): AwsError => new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
export const limitExceeded = (resource: string, plural: string): AwsError =>
  new AwsError(`${resource}LimitExceeded`, `The maximum number of ${plural} has been reached.`);
export const networkInterfaceLimitExceeded = (): AwsError =>
  new AwsError('NetworkInterfaceLimitExceeded', 'You have exceeded the number of network interfaces allowed');

// Route tables

export const routeExists = (destination: string): AwsError =>
  new AwsError('RouteAlreadyExists', `The route identified by ${destination} already exists.`);
export const prefixListRouteExists = (routeTableId: string, prefixListId: string): AwsError =>
  new AwsError('RouteAlreadyExists', `route table ${routeTableId} already has a route with destination-prefix-list-id ${prefixListId}`);
export const routeNotFound = (routeTableId: string, kind: 'cidr-block' | 'prefix-list-id', destination: string): AwsError =>
  new AwsError('InvalidRoute.NotFound', `no route with destination-${kind} ${destination} in route table ${routeTableId}`);
export const localRouteStays = (routeTableId: string, cidrBlock: string): AwsError =>
  invalidParameterValue(`cannot remove local route ${cidrBlock} in route table ${routeTableId}`);
export const endpointRouteIsManaged = (): AwsError => invalidParameterValue('Cannot create or replace a prefix list route targeting a VPC Endpoint.');
export const endpointRouteStays = (routeTableId: string, prefixListId: string): AwsError =>
  invalidParameterValue(`cannot remove VPC endpoint route ${prefixListId} in route table ${routeTableId}`);
export const moreSpecificThanLocal = (cidrBlock: string): AwsError =>
  invalidParameterValue(
    `The destination CIDR block ${cidrBlock} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
  );
export const destinationOfInstances = (cidrBlock: string): AwsError =>
  invalidParameterValue(`The destination CIDR block ${cidrBlock} is in the range 169.254.168.0/22, which AWS keeps for its services.`);
export const alreadyAssociated = (routeTableId: string): AwsError =>
  new AwsError('Resource.AlreadyAssociated', `the specified association for route table ${routeTableId} conflicts with an existing association`);
export const mainAssociationStays = (associationId: string): AwsError =>
  invalidParameterValue(`cannot disassociate the main route table association ${associationId}`);
export const differentNetworks = (a: string, b: string): AwsError => invalidParameterValue(`${a} and ${b} belong to different networks`);

// The internet

export const gatewayAlreadyAttached = (id: string, vpcId: string): AwsError =>
  new AwsError('Resource.AlreadyAssociated', `resource ${id} is already attached to network ${vpcId}`);
export const vpcHasGateway = (vpcId: string): AwsError => invalidParameterValue(`Network ${vpcId} already has an internet gateway attached`);
export const gatewayNotAttached = (id: string, vpcId: string): AwsError =>
  new AwsError('Gateway.NotAttached', `resource ${id} is not attached to network ${vpcId}`);
export const networkHasNoGateway = (vpcId: string): AwsError =>
  new AwsError('Gateway.NotAttached', `Network ${vpcId} is not attached to any internet gateway`);
export const hasMappedAddresses = (vpcId: string): AwsError =>
  dependencyViolation(`Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`);
export const addressAlreadyAssociated = (id: string, associationId: string): AwsError =>
  new AwsError('Resource.AlreadyAssociated', `resource ${id} is already associated with associate-id ${associationId}`);
export const publicAddressInUse = (address: string): AwsError => new AwsError('InvalidIPAddress.InUse', `Address ${address} is in use.`);
export const mustInclude = (parameter: string): AwsError =>
  missingParameter(`The request must include the ${parameter} parameter. Add the required parameter and retry the request.`);
export const natGatewayIdNotFound = (id: string): AwsError =>
  new AwsError('InvalidNatGatewayID.NotFound', `The natGateway ID '${id}' does not exist`);

// Prefix lists

export const awsListStays = (id: string): AwsError => operationNotPermitted(`The prefix list '${id}' is managed by AWS and cannot be changed.`);
export const serviceListName = (name: string): AwsError =>
  invalidParameterValue(`Value (${name}) for parameter prefixListName is invalid. The name may not start with com.amazonaws.`);
export const tooManyPrefixListEntries = (): AwsError =>
  new AwsError('PrefixListMaxEntriesExceeded', "You've reached the maximum number of entries for the prefix list.");
export const prefixListVersionMismatch = (): AwsError =>
  new AwsError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number.');
export const prefixListVersionNotFound = (id: string, version: number): AwsError =>
  invalidParameterValue(`The prefix list '${id}' has no version ${version}.`);
export const entriesAndMaximum = (): AwsError =>
  invalidParameterCombination('You cannot modify the entries and the maximum number of entries for the prefix list in the same request.');
export const prefixListEntryRepeated = (cidrBlock: string): AwsError =>
  invalidParameterValue(`The entry ${cidrBlock} is already in the prefix list.`);
export const prefixListEntryAbsent = (cidrBlock: string): AwsError => invalidParameterValue(`The entry ${cidrBlock} is not in the prefix list.`);
export const prefixListEntryBothWays = (cidrBlock: string): AwsError =>
  invalidParameterValue(`Request cannot contain Cidr ${cidrBlock} in both AddPrefixListEntries and RemovePrefixListEntries`);

// Security groups

export const resourcesInDifferentNetworks = (): AwsError => invalidParameter('You have specified two resources that belong to different networks.');
export const groupAndSubnetInDifferentNetworks = (groupId: string, subnetId: string): AwsError =>
  invalidParameter(`Security group ${groupId} and subnet ${subnetId} belong to different networks.`);
export const groupExists = (groupName: string, vpcId: string): AwsError =>
  new AwsError('InvalidGroup.Duplicate', `The security group '${groupName}' already exists for VPC '${vpcId}'`);
export const defaultGroupStays = (groupId: string): AwsError =>
  new AwsError('CannotDelete', `the specified group: "${groupId}" name: "default" cannot be deleted by a user`);
export const groupInUse = (groupId: string): AwsError => dependencyViolation(`resource ${groupId} has a dependent object`);
export const ruleExists = (rule: string): AwsError => new AwsError('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`);
export const ruleRepeated = (): AwsError => invalidParameterValue('The same permission must not appear multiple times');
export const ruleAbsent = (): AwsError => new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group');
export const tooManyRules = (): AwsError =>
  new AwsError('RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules per security group has been reached.');
export const tooManyGroups = (): AwsError =>
  new AwsError('SecurityGroupsPerInterfaceLimitExceeded', 'The maximum number of security groups per interface has been reached.');

// VPC endpoints

export const serviceNotFound = (serviceName: string): AwsError =>
  new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${serviceName}' does not exist`);
export const endpointTypeMismatch = (type: string, available: string): AwsError =>
  invalidParameter(`Endpoint type (${type}) does not match available service types ([${available}]).`);
export const onlyForEndpoints = (members: string, type: 'Gateway' | 'Interface'): AwsError =>
  invalidParameter(`${members} ${members === 'Private DNS' ? 'is' : 'are'} only supported for ${type} type VPC Endpoint.`);
export const duplicateSubnetsInSameZone = (subnetId: string): AwsError =>
  new AwsError(
    'DuplicateSubnetsInSameZone',
    `Found another VPC endpoint subnet in the availability zone of ${subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
  );
export const privateDnsNeedsAttributes = (vpcId: string): AwsError =>
  invalidParameter(`Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpcId}`);
export const conflictingDnsDomain = (name: string, vpcId: string): AwsError =>
  invalidParameter(`private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name} in the VPC ${vpcId}`);
export const noPrivateDnsName = (serviceName: string): AwsError =>
  invalidParameter(`Private DNS can't be enabled because the service ${serviceName} does not provide a private DNS name.`);
export const inboundResolverNeedsGateway = (vpcId: string): AwsError =>
  invalidParameter(`To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC ${vpcId} must have a Gateway endpoint for the service.`);
export const inboundResolverOptionOfGateway = (): AwsError =>
  invalidParameter('DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is applicable only to Interface VPC Endpoints.');
export const noInboundResolverOption = (): AwsError =>
  invalidParameter('DnsOptions PrivateDnsOnlyForInboundResolverEndpoint is not supported for this service.');
export const notOfEndpoint = (resource: string, vpcEndpointId: string): AwsError =>
  invalidParameter(`${resource} is not associated with VPC endpoint ${vpcEndpointId}`);
export const noPolicyForRelay = (): AwsError =>
  unsupported('PolicyDocument', "bytes are relayed to the operator's address, and no request is known to judge");
export const invalidPolicyDocument = (message: string): AwsError => new AwsError('InvalidPolicyDocument', message);

// Network interfaces

export const insufficientFreeAddresses = (): AwsError =>
  new AwsError('InsufficientFreeAddressesInSubnet', 'The specified subnet does not have enough free addresses to satisfy the request.');
export const addressInUse = (): AwsError => new AwsError('InvalidIPAddress.InUse', 'The specified address is already in use.');
export const invalidAddress = (address: string): AwsError => invalidParameterValue(`invalid value for parameter address: ${address}`);
export const addressOutsideSubnet = (address: string): AwsError =>
  invalidParameterValue(`Address ${address} does not fall within the subnet's address range`);
export const addressReserved = (address: string): AwsError => invalidParameterValue(`Address ${address} is in subnet's reserved address range`);
export const networkInterfaceInUse = (id: string): AwsError => invalidParameterValue(`Network interface '${id}' is currently in use.`);
export const attachmentNotYours = (attachmentId: string): AwsError =>
  operationNotPermitted(`You are not allowed to manage '${attachmentId.startsWith('ela-') ? 'ela-attach' : 'eni-attach'}' attachments.`);

// Flow logs

export const flowLogsNotFound = (ids: readonly string[]): AwsError =>
  new AwsError('InvalidFlowLogId.NotFound', `These flow log ids in the input list are not found: [TotalCount: ${ids.length}] ${ids.join(', ')}`);
export const flowLogExists = (): AwsError =>
  new AwsError('FlowLogAlreadyExists', 'Error. There is an existing Flow Log with the same configuration and log destination.');
export const flowLogLimitExceeded = (): AwsError => new AwsError('FlowLogsLimitExceeded', 'The maximum number of flow logs has been reached.');
export const invalidAggregationInterval = (): AwsError => invalidParameter('Invalid Flow Log Max Aggregation Interval');
export const logFormatMalformed = (format: string): AwsError =>
  invalidParameter(`1 validation error detected: Value '${format}' at 'logFormat' has an invalid format`);
export const logFormatUnknownFields = (fields: readonly string[]): AwsError => invalidParameter(`Unknown fields provided: [${fields.join(', ')}]`);
export const logDestinationInvalid = (destination: string): AwsError => invalidParameter(`LogDestination: ${destination} is not a valid ARN.`);
export const bucketAbsent = (bucket: string): AwsError => new AwsError('400', `LogDestination: ${bucket} does not exist.`);
export const bucketClosed = (bucket: string): AwsError =>
  new AwsError('400', `Access Denied for LogDestination: ${bucket}. Please check LogDestination permission`);

// Tags

export const notTaggable = (resourceType: string): AwsError =>
  invalidParameterValue(`'${resourceType}' is not a valid taggable resource type for this operation.`);
export const reservedTagKey = (): AwsError => invalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use");
export const duplicateTagKey = (key: string): AwsError => invalidParameterValue(`Duplicate tag key '${key}' specified.`);
export const tagKeyTooLong = (): AwsError => invalidParameterValue('Tag key exceeds the maximum length of 127 characters');
export const tagValueTooLong = (): AwsError => invalidParameterValue('Tag value exceeds the maximum length of 255 characters');
export const tooManyTags = (maximum: number): AwsError =>
  new AwsError('TagLimitExceeded', `The maximum number of tags (${maximum}) has been reached.`);
export const chosenIdRefused = (): AwsError =>
  operationNotPermitted("The tag 'cloister:id' chooses an id: only the root key may, and only under 'cloister up --allow-chosen-ids'.");
export const chosenIdInvalid = (id: string, prefix: string): AwsError =>
  invalidParameterValue(`The id '${id}' in tag 'cloister:id' is invalid: expecting "${prefix}-" and 8 or 17 hexadecimal digits.`);
export const chosenIdSpent = (id: string): AwsError =>
  invalidParameterValue(`The id '${id}' in tag 'cloister:id' was used before in this data directory; an id is never used twice.`);
export const chosenIdOfMany = (): AwsError => invalidParameterValue("The tag 'cloister:id' can name only one resource.");
