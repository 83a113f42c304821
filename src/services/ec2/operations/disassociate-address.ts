import type { ElasticIpRow } from '../../../store/ec2.ts';
import type { OperationContext } from '../../operation.ts';
import { demandOn, readsAll } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { disassociate, elasticIpAt, refuseManaged } from '../elastic-ip.ts';
import * as errors from '../errors.ts';

type Input = Ec2Input<'DisassociateAddress'>;

const associated = (context: OperationContext, id: string): ElasticIpRow | undefined =>
  context.store.ec2.elasticIps.list().find(({ association, ownerId }) => association?.associationId === id && ownerId === context.accountId);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html */
export const disassociateAddress: Ec2Operation<'DisassociateAddress'> = {
  authorize({ AssociationId, PublicIp }: Input, context) {
    const { elasticIps } = context.store.ec2;
    const row = AssociationId === undefined ? elasticIps.list().find(({ publicIp }) => publicIp === PublicIp) : associated(context, AssociationId);
    if (row === undefined) return readsAll('DisassociateAddress')();
    const ids = [row.allocationId, row.association?.networkInterfaceId].filter((id) => id !== undefined);
    return ids.map((id) => demandOn(context, 'DisassociateAddress', id));
  },
  commit(input, context) {
    const { AssociationId: associationId, PublicIp: publicIp } = input;
    if (associationId === undefined && publicIp === undefined) throw errors.missingParameter('Either public IP or association id must be specified');
    const row = associationId === undefined ? elasticIpAt(context, publicIp ?? '') : associated(context, associationId);
    if (row === undefined) throw errors.associationNotFound(associationId ?? '');
    refuseManaged(context, row);
    disassociate(context, row);
    return {};
  },
};
