import type * as IAM from '@aws-sdk/client-iam';
import type { Operation } from '../operation.ts';
import type { Input, Output, Service } from '../service.ts';

type Name = keyof Service<typeof IAM>;

/** An operation of IAM, by AWS's name. */
export type IamOperation<N extends Name> = Operation<Input<typeof IAM, N>, Output<typeof IAM, N>>;
