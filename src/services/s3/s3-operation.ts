import type * as S3 from '@aws-sdk/client-s3';
import type { Operation, ReceivingOperation } from '../operation.ts';
import type { Input, OperationName, Output } from '../service.ts';

type Name = OperationName<typeof S3>;

export type S3Input<N extends Name> = Input<typeof S3, N>;
export type S3Output<N extends Name> = Output<typeof S3, N>;
export type S3Operation<N extends Name> = Operation<S3Input<N>, S3Output<N>>;
/** An operation whose body is in a blob when it commits. */
export type S3ReceivingOperation<N extends Name> = ReceivingOperation<S3Input<N>, S3Output<N>>;
