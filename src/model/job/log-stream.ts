/** https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html */
export const trainingLogGroupName = '/aws/sagemaker/TrainingJobs';

/** JOB/algo-N-EPOCH. A later job of the same name has streams of its own. */
export const trainingLogStreamName = (job: string, host: string, createdAt: Date): string =>
  `${job}/${host}-${Math.floor(createdAt.getTime() / 1_000)}`;

/** One stream for each job, of its name: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html */
export const compilationLogGroupName = '/aws/sagemaker/CompilationJobs';
