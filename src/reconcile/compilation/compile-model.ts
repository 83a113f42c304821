import { targetName } from '../../model/job/compilation-target.ts';
import { compilationErrorFile, compilerError } from '../../model/job/compiler-contract.ts';
import type { SagaStep } from '../saga.ts';
import { followLogs } from '../job/container-logs.ts';
import { instanceAtEnd } from '../job/instance-at-end.ts';
import { type Exit, readWritten, waitForAll } from '../job/job-containers.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import { JobFailure } from '../job/job-failure.ts';
import { describeRefused } from '../job/refused-packets.ts';
import { startTogether } from '../job/start-together.ts';
import { whenToStop } from '../job/when-to-stop.ts';
import type { CompilationJobContext } from './context.ts';

/** More than a FailureReason holds: the text is in a JSON string, and may end in the middle of it. */
const errorCharactersMax = 16_384;

/** Starts the compiler and waits for it. */
export const compileModel: SagaStep<CompilationJobContext> = {
  name: 'compile-model',
  runsWhenStopped: true,

  async run(context, signal) {
    if (context.row.compilerStartAt === undefined) context.signals.stop.throwIfAborted();
    await startTogether(context);
    if (context.row.compilerStartAt === undefined) {
      context.advance('INPROGRESS', { compilerStartAt: context.services.clock.now().toISOString() });
    }
    const logs = followLogs(context, () => undefined);
    const early = whenToStop(context);
    try {
      const failed = await waitForAll(context, () => early.cause() !== undefined, context.signals.shutdown);
      if (early.cause() === 'max-runtime') throw overdue(context);
      if (failed !== undefined) throw await compilerFailure(context, failed, signal);
      return { stopCause: early.cause() };
    } finally {
      early.cancel();
      await logs.end();
    }
  },
};

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html: of a compilation "a TimeOut error is generated". */
function overdue(context: CompilationJobContext): JobFailure {
  return new JobFailure(
    `ClientError: TimeOut: Unable to compile model for ${targetName(context.request.OutputConfig)}: the compiler ran for longer than MaxRuntimeInSeconds (${context.maxRuntimeSeconds}) and was ended.`,
  );
}

/** What the compiler said, and which of its packets were refused. */
export async function compilerFailure(context: CompilationJobContext, { instance, exitCode }: Exit, signal: AbortSignal): Promise<JobFailure> {
  // At once: what the kernel knows of a container goes soon after it.
  const atEnd = await instanceAtEnd(context, instance);
  const error = await errorOf(context, instance, signal);
  const refusedPackets = await describeRefused(context, context.refusedBefore);
  const target = targetName(context.request.OutputConfig);
  return JobFailure.of({ kind: 'compiler', target, exitCode, error, instance: atEnd, refusedPackets });
}

async function errorOf(context: CompilationJobContext, instance: InstanceRecord, signal: AbortSignal): Promise<string | undefined> {
  const text = await readWritten(context, instance, compilationErrorFile, errorCharactersMax, signal);
  return text === undefined || text.trim() === '' ? undefined : compilerError(text);
}
