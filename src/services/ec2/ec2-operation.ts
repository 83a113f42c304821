import type * as EC2 from '@aws-sdk/client-ec2';
import type { Operation } from '../operation.ts';
import type { Input, Output, Service } from '../service.ts';

export type Ec2OperationName = keyof Service<typeof EC2>;
export type Ec2Input<Name extends Ec2OperationName> = Input<typeof EC2, Name>;

/** One operation of EC2: `Ec2Operation<'CreateSubnet'>`. */
export type Ec2Operation<Name extends Ec2OperationName> = Operation<Ec2Input<Name>, Output<typeof EC2, Name>>;
