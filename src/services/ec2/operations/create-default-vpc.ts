import { demandCreation } from '../authorization.ts';
import { findDefaultVpc, insertDefaultVpc } from '../default-vpc.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { wireVpc } from '../vpc.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html */
export const createDefaultVpc: Ec2Operation<'CreateDefaultVpc'> = {
  authorize: (_input, context) => demandCreation(context, 'CreateDefaultVpc', 'vpc', undefined),
  commit(_input, context) {
    if (findDefaultVpc(context) !== undefined) throw errors.defaultVpcExists();
    return { Vpc: { ...wireVpc(context, insertDefaultVpc(context)), State: 'pending' } };
  },
};
