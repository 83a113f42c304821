import { cidrContainsCidr } from '../../../model/network/addresses.ts';
import { demandOn, readsAll } from '../authorization.ts';
import { storedCidr } from '../cidr-block.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { vpcChanged } from '../resources.ts';
import { cidrAssociationOf } from '../vpc-cidr-block.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html */
export const disassociateVpcCidrBlock: Ec2Operation<'DisassociateVpcCidrBlock'> = {
  authorize(input, context) {
    const found = cidrAssociationOf(context, input.AssociationId);
    if (found === undefined) return readsAll('DisassociateVpcCidrBlock')();
    return [demandOn(context, 'DisassociateVpcCidrBlock', found.vpc.vpcId)];
  },
  commit(input, context) {
    const found = cidrAssociationOf(context, input.AssociationId);
    if (found === undefined) throw errors.cidrAssociationNotFound(input.AssociationId);
    const { vpc, association } = found;
    const { vpcId } = vpc;
    const { associationId, cidrBlock } = association;
    if (association === vpc.cidrBlocks[0]) throw errors.primaryBlockStays(associationId);
    const { vpcs, subnets, routeTables } = context.store.ec2;
    if (subnets.list({ vpcId }).some((subnet) => cidrContainsCidr(storedCidr(cidrBlock), storedCidr(subnet.cidrBlock)))) {
      throw errors.blockInUse(vpcId, cidrBlock);
    }
    vpcs.update(vpcId, { cidrBlocks: vpc.cidrBlocks.filter((each) => each !== association) });
    for (const { routeTableId, routes } of routeTables.list({ vpcId })) {
      const others = routes.filter(
        ({ target, destination }) => !(target.kind === 'local' && 'cidrBlock' in destination && destination.cidrBlock === cidrBlock),
      );
      routeTables.update(routeTableId, { routes: others });
    }
    vpcChanged(context, vpcId);
    return {
      VpcId: vpcId,
      CidrBlockAssociation: { AssociationId: associationId, CidrBlock: cidrBlock, CidrBlockState: { State: 'disassociating' } },
    };
  },
};
