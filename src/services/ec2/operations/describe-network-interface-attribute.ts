import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { wireAttachment, wireGroups } from '../network-interface.ts';
import { networkInterfaceOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html */
export const describeNetworkInterfaceAttribute: Ec2Operation<'DescribeNetworkInterfaceAttribute'> = {
  authorize: actsOn('DescribeNetworkInterfaceAttribute', (input: Ec2Input<'DescribeNetworkInterfaceAttribute'>) => [input.NetworkInterfaceId]),
  commit(input, context) {
    const row = networkInterfaceOf(context, input.NetworkInterfaceId);
    const id = { NetworkInterfaceId: row.networkInterfaceId };
    switch (input.Attribute) {
      case 'description':
        return { ...id, Description: { Value: row.description } };
      case 'groupSet':
        return { ...id, Groups: wireGroups(context, row) };
      case 'sourceDestCheck':
        return { ...id, SourceDestCheck: { Value: row.sourceDestCheck } };
      case 'attachment': {
        const attachment = wireAttachment(row);
        return attachment === undefined ? id : { ...id, Attachment: attachment };
      }
      case 'associatePublicIpAddress':
        return { ...id, AssociatePublicIpAddress: false };
      case undefined:
      default:
        throw errors.missingParameter('The request must contain the parameter attribute');
    }
  },
};
