import type * as STS from '@aws-sdk/client-sts';
import type { Operation } from '../operation.ts';
import type { Input, Output, Service } from '../service.ts';

type Name = keyof Service<typeof STS>;

/** An operation of STS, by AWS's name. */
export type StsOperation<N extends Name, P = undefined> = Operation<Input<typeof STS, N>, Output<typeof STS, N>, P>;
