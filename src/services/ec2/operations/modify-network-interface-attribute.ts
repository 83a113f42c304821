import { demandOn } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { requestedGroups } from '../network-interface.ts';
import { networkInterfaceOf, vpcChanged } from '../resources.ts';
import { noIpv6, refuseUnsupported } from '../unsupported.ts';

/** One attribute at a time. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html */
export const modifyNetworkInterfaceAttribute: Ec2Operation<'ModifyNetworkInterfaceAttribute'> = {
  authorize: (input, context) =>
    [input.NetworkInterfaceId, ...(input.Groups ?? [])].map((id) => demandOn(context, 'ModifyNetworkInterfaceAttribute', id)),
  commit(input, context) {
    refuseUnsupported(input, {
      AssociatePublicIpAddress: 'interfaces have no public addresses',
      AssociatedSubnetIds: 'an interface is in one subnet',
      ConnectionTrackingSpecification: 'idle timeouts of connections are those of the kernel',
      EnaSrdSpecification: 'there is no ENA Express',
      EnablePrimaryIpv6: noIpv6,
    });
    const row = networkInterfaceOf(context, input.NetworkInterfaceId);
    const { Description: description, SourceDestCheck: check, Groups: groups, Attachment: attachment } = input;
    const named = [description, check, groups, attachment].filter((attribute) => attribute !== undefined);
    if (named.length === 0) throw errors.missingParameter('The request must contain one attribute to modify');
    if (named.length > 1) throw errors.invalidParameterCombination('Fields for multiple attribute types specified');
    if (row.requesterManaged) throw errors.authFailure();
    const { networkInterfaces } = context.store.ec2;
    if (attachment !== undefined) {
      const { AttachmentId: attachmentId } = attachment;
      if (attachmentId === undefined || attachmentId !== row.attachment?.attachmentId) throw errors.attachmentNotFound(attachmentId ?? '');
      throw errors.attachmentNotYours(attachmentId);
    }
    // The instance of a job forwards nothing, and what a service of AWS attached is its own.
    const serviceAttachment = row.attachment?.attachmentId.startsWith('ela-') === true ? row.attachment.attachmentId : undefined;
    if (check?.Value === false && serviceAttachment !== undefined) throw errors.attachmentNotYours(serviceAttachment);
    if (check?.Value !== undefined) networkInterfaces.update(row.networkInterfaceId, { sourceDestCheck: check.Value });
    if (description !== undefined) networkInterfaces.update(row.networkInterfaceId, { description: description.Value ?? '' });
    if (groups !== undefined) {
      if (groups.length === 0) throw errors.parameterRequired('groupId');
      networkInterfaces.update(row.networkInterfaceId, { groupIds: requestedGroups(context, row.vpcId, row.subnetId, groups) });
    }
    vpcChanged(context, row.vpcId);
    return {};
  },
};
