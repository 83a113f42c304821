import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { disassociate, elasticIpAt, refuseManaged } from '../elastic-ip.ts';
import * as errors from '../errors.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html */
export const disassociateAddress: Ec2Operation<'DisassociateAddress'> = {
  authorize: actsOn('DisassociateAddress', (input: Ec2Input<'DisassociateAddress'>) => [input.AssociationId]),
  commit(input, context) {
    const { AssociationId: associationId, PublicIp: publicIp } = input;
    if (associationId === undefined && publicIp === undefined) throw errors.missingParameter('Either public IP or association id must be specified');
    const row =
      associationId === undefined
        ? elasticIpAt(context, publicIp ?? '')
        : context.store.ec2.elasticIps
            .list()
            .find(({ association, ownerId }) => association?.associationId === associationId && ownerId === context.accountId);
    if (row === undefined) throw errors.associationNotFound(associationId ?? '');
    refuseManaged(context, row);
    disassociate(context, row);
    return {};
  },
};
