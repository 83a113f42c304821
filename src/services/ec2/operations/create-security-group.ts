import { arnOf, demandCreation, demandOn, readsAll } from '../authorization.ts';
import { findDefaultVpc } from '../default-vpc.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { quotas } from '../quotas.ts';
import { vpcChanged, vpcOf } from '../resources.ts';
import { identify, requestedTags, storeTags, wireTags } from '../tags.ts';

const nameCharacters = 255;
const namePattern = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const createSecurityGroup: Ec2Operation<'CreateSecurityGroup'> = {
  authorize(input, context) {
    const vpcId = input.VpcId ?? findDefaultVpc(context)?.vpcId;
    if (vpcId === undefined) return readsAll('CreateSecurityGroup')();
    const keys = { 'ec2:Vpc': [arnOf(context, 'vpc', vpcId)] };
    return [
      ...demandCreation(context, 'CreateSecurityGroup', 'security-group', input.TagSpecifications, keys),
      demandOn(context, 'CreateSecurityGroup', vpcId),
    ];
  },
  commit(input, context) {
    const requestedId = input.VpcId ?? findDefaultVpc(context)?.vpcId;
    if (requestedId === undefined) throw errors.noDefaultVpc();
    checkText('GroupName', input.GroupName);
    checkText('GroupDescription', input.Description);
    if (input.GroupName.startsWith('sg-')) {
      throw errors.invalidParameterValue(`Value (${input.GroupName}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`);
    }
    const { vpcId } = vpcOf(context, requestedId);
    const { ec2 } = context.store;
    if (input.GroupName === 'default') throw errors.invalidParameterValue('Cannot use reserved security group name: default');
    if (ec2.securityGroups.list({ vpcId }).some(({ groupName }) => groupName === input.GroupName)) throw errors.groupExists(input.GroupName, vpcId);
    const requested = requestedTags(input.TagSpecifications, 'security-group');
    if (ec2.securityGroups.count() >= quotas.securityGroups) {
      throw errors.limitExceeded('SecurityGroup', 'security groups');
    }

    const groupId = identify(context, 'sg', requested);
    ec2.securityGroups.insert({
      groupId,
      groupName: input.GroupName,
      description: input.Description,
      vpcId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      rules: [{ securityGroupRuleId: context.newId('sgr'), direction: 'egress', protocol: 'all', peer: { cidrBlock: '0.0.0.0/0' } }],
    });
    storeTags(context, groupId, requested);
    vpcChanged(context, vpcId);
    return { GroupId: groupId, SecurityGroupArn: arnOf(context, 'security-group', groupId), Tags: wireTags(context, groupId) };
  },
};

function checkText(parameter: 'GroupName' | 'GroupDescription', value: string): void {
  if (value.length > nameCharacters) {
    throw errors.invalidParameterValue(`Value (${value}) for parameter ${parameter} is invalid. Exceeds maximum length of ${nameCharacters}.`);
  }
  if (!namePattern.test(value)) {
    throw errors.invalidParameterValue(`Value (${value}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`);
  }
}
