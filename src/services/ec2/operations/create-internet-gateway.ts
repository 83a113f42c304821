import { demandCreation } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { wireInternetGateway } from '../internet-gateway.ts';
import { insertInternetGateway } from '../new-internet-gateway.ts';
import { requestedTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export const createInternetGateway: Ec2Operation<'CreateInternetGateway'> = {
  authorize: (input, context) => demandCreation(context, 'CreateInternetGateway', 'internet-gateway', input.TagSpecifications),
  commit(input, context) {
    const requested = requestedTags(input.TagSpecifications, 'internet-gateway');
    return { InternetGateway: wireInternetGateway(context, insertInternetGateway(context, requested)) };
  },
};
