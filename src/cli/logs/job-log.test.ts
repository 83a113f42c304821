import { expect, it } from 'vitest';
import { ApiError } from '../api.ts';
import { hasEnded, hostsOf, JobLog } from './job-log.ts';
import { lastWords, progressOf } from './log-screen.ts';

type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;

const notFound = (): never => {
  throw new ApiError('ValidationException', 'Requested resource not found.');
};
const denied = (): never => {
  throw new ApiError('AccessDeniedException', 'not authorized to perform: sagemaker:DescribeTrainingJob');
};
const compilation = { CompilationJobStatus: 'INPROGRESS', FailureReason: '', CreationTime: 1_000 };

function logOf(answers: Answers, since?: Date) {
  const asked: string[] = [];
  const json = async (_service: string, operation: string, input: unknown): Promise<unknown> => {
    asked.push(operation);
    return await Promise.resolve((answers[operation] ?? notFound)(input as Readonly<Record<string, unknown>>));
  };
  return { log: new JobLog({ json }, 'first', since), asked };
}

it('finds the compilation job of a name that no training job has, and asks for it alone from then on', async () => {
  const { log, asked } = logOf({ DescribeCompilationJob: () => compilation });
  const job = await log.describe();
  expect([hasEnded(job), hostsOf(job), progressOf(job, new Date(1_042_000))]).toEqual([false, ['compiler'], 'Compiling, 42 s']);
  await log.describe();
  expect(asked).toEqual(['DescribeTrainingJob', 'DescribeCompilationJob', 'DescribeCompilationJob']);
});

it.each([
  [{ CompilationJobStatus: 'COMPLETED' }, 'first: Completed'],
  [{ CompilationJobStatus: 'STOPPED' }, 'first: Stopped'],
  [{ CompilationJobStatus: 'FAILED', FailureReason: 'ClientError: InputConfiguration: no' }, 'first: Failed: ClientError: InputConfiguration: no'],
])('of one that has ended as %j the last words are %j', async (change, words) => {
  const { log } = logOf({ DescribeCompilationJob: () => ({ ...compilation, ...change }) });
  const job = await log.describe();
  expect([hasEnded(job), lastWords('first', job)]).toEqual([true, words]);
});

it('a caller who may see compilation jobs alone sees one', async () => {
  const { log } = logOf({ DescribeTrainingJob: denied, DescribeCompilationJob: () => compilation });
  expect((await log.describe()).compiler).toBe(true);
});

it('where neither is seen the answer about the training job is what is told', async () => {
  await expect(logOf({}).log.describe()).rejects.toThrow('Requested resource not found.');
  await expect(logOf({ DescribeTrainingJob: denied }).log.describe()).rejects.toThrow('sagemaker:DescribeTrainingJob');
  const broken = { DescribeCompilationJob: () => Promise.reject(new ApiError('InternalFailure', 'broken')) };
  await expect(logOf(broken).log.describe()).rejects.toThrow('InternalFailure');
});

it('reads the stream of its name from its creation on: an earlier job of the name left lines there', async () => {
  const inputs: object[] = [];
  const GetLogEvents = (input: object) => {
    inputs.push(input);
    return { events: [{ timestamp: 1_000_500, message: 'compiling' }], nextForwardToken: 'next' };
  };
  const answers = { DescribeCompilationJob: () => compilation, GetLogEvents };
  const { log } = logOf(answers);
  const job = await log.describe();
  expect(await log.next('compiler', job)).toEqual([{ host: 'compiler', time: 1_000_500, text: 'compiling' }]);
  await log.next('compiler', job);
  const stream = { logGroupName: '/aws/sagemaker/CompilationJobs', logStreamName: 'first', startTime: 1_000_000, startFromHead: true };
  expect(inputs).toEqual([stream, { ...stream, nextToken: 'next' }]);
  await logOf(answers, new Date(1_007_000)).log.next('compiler', job);
  expect(inputs.at(-1)).toMatchObject({ startTime: 1_007_000 });
});
