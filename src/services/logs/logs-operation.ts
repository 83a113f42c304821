import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../operation.ts';
import type { Input, OperationName, Output } from '../service.ts';

type Name = OperationName<typeof Logs>;

export type LogsInput<N extends Name> = Input<typeof Logs, N>;
export type LogsOperation<N extends Name> = Operation<LogsInput<N>, Output<typeof Logs, N>>;
