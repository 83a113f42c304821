import { demandOn } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { aclAssociationOf, associateAcl, dissociateAcl } from '../network-acl.ts';
import { networkAclOf, vpcChanged } from '../resources.ts';

/** Gives a subnet another ACL. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html */
export const replaceNetworkAclAssociation: Ec2Operation<'ReplaceNetworkAclAssociation'> = {
  authorize(input, context) {
    const found = aclAssociationOf(context, ({ associationId }) => associationId === input.AssociationId);
    const ids = [input.NetworkAclId, found?.acl.networkAclId, found?.association.subnetId].filter((id) => id !== undefined);
    return [...new Set(ids)].map((id) => demandOn(context, 'ReplaceNetworkAclAssociation', id));
  },
  commit(input, context) {
    const found = aclAssociationOf(context, ({ associationId }) => associationId === input.AssociationId);
    if (found === undefined) throw errors.associationNotFound(input.AssociationId);
    const acl = networkAclOf(context, input.NetworkAclId);
    if (acl.vpcId !== found.acl.vpcId) throw errors.resourcesInDifferentNetworks();
    dissociateAcl(context, found);
    const associationId = associateAcl(context, acl, found.association.subnetId);
    vpcChanged(context, acl.vpcId);
    return { NewAssociationId: associationId };
  },
};
