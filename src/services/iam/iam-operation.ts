import type * as IAM from '@aws-sdk/client-iam';
import type { Operation } from '../operation.ts';
import type { Input, Output, Service } from '../service.ts';

export type IamOperationName = keyof Service<typeof IAM>;
export type IamInput<Name extends IamOperationName> = Input<typeof IAM, Name>;

/** An operation of IAM, by AWS's name. */
export type IamOperation<Name extends IamOperationName> = Operation<IamInput<Name>, Output<typeof IAM, Name>>;
