import { advanceCompilation, type CompilationJobStatus, compilationStatusOf } from '../../model/job/compilation-job.ts';
import { compilationLogGroupName } from '../../model/job/log-stream.ts';
import { maxRuntimeDefaultSeconds } from '../../model/job/max-runtime.ts';
import { compilationEc2Actions } from '../../model/job/needs.ts';
import type { JobOutcome } from '../../model/job/training-job.ts';
import type { InstanceSpec } from '../../drivers/placement/placement-driver.ts';
import type { CompilationJobRow, JobRow } from '../../store/sagemaker.ts';
import { instanceSpec } from '../job/instance-spec.ts';
import { type InstanceRecord, JobContext, type LogDestination, type VpcConfig } from '../job/job-context.ts';
import type { CompilationRequest } from './request.ts';

/** The only host of a compilation job. No training job's instance has this name. */
export const compilerHost = 'compiler';

/** One running compilation job, as its steps see it. */
export class CompilationJobContext extends JobContext {
  readonly noun = 'compilation job';
  readonly ec2Actions = compilationEc2Actions;
  readonly steps = { staging: 'stage-model', code: 'compile-model' };
  readonly downloading = 'model';
  readonly isIsolated = false;
  readonly encryptsTraffic = false;
  readonly hosts = [compilerHost];
  /** The API names none, and AWS says nothing of Neo's (docs/assumptions.md). */
  readonly instanceType = 'ml.c5.2xlarge';
  readonly volumeBytes = 30 * 2 ** 30;

  get sagaId(): string {
    return compilationSagaId(this.name);
  }

  get row(): CompilationJobRow {
    return this.services.store.sagemaker.compilationJobs.get(this.name);
  }

  get request(): CompilationRequest {
    return this.row.request as unknown as CompilationRequest;
  }

  get arn(): string {
    return this.row.compilationJobArn;
  }

  get roleArn(): string {
    return this.request.RoleArn;
  }

  get vpcConfig(): VpcConfig | undefined {
    return this.request.VpcConfig;
  }

  get maxRuntimeSeconds(): number {
    return this.request.StoppingCondition.MaxRuntimeInSeconds ?? maxRuntimeDefaultSeconds;
  }

  get codeStartAt(): string | undefined {
    return this.row.compilerStartAt;
  }

  instanceSpec(instance: InstanceRecord): InstanceSpec {
    return instanceSpec(this, instance, {});
  }

  logDestination(): LogDestination {
    return { logGroupName: compilationLogGroupName, logStreamName: this.name, eventsBefore: this.row.logEventsBefore ?? 0 };
  }

  update(change: Partial<JobRow>): void {
    this.services.store.sagemaker.compilationJobs.update(this.name, change);
  }

  /** It fails, and has a status for that only when it has ended. */
  tellOverdue(): void {
    this.services.log('a compilation job is ended: MaxRuntimeInSeconds have passed', { level: 'info', job: this.name });
  }

  keepOutcome(outcome: JobOutcome, now: string): void {
    const ended = this.row.instancesStartAt === undefined ? {} : { compilationEndAt: now };
    this.services.store.sagemaker.compilationJobs.update(this.name, { outcome, ...ended });
  }

  finish(outcome: JobOutcome, now: string): void {
    this.services.store.sagemaker.compilationJobs.update(this.name, {
      ...advanceCompilation(this.row, compilationStatusOf(outcome), now),
      ...(outcome.kind === 'failed' ? { failureReason: outcome.failureReason } : {}),
      saga: 'ended',
    });
  }

  advance(status: CompilationJobStatus, change: Partial<CompilationJobRow> = {}): void {
    const { store, clock } = this.services;
    store.transact(() => {
      const next = advanceCompilation(this.row, status, clock.now().toISOString());
      store.sagemaker.compilationJobs.update(this.name, { ...change, ...next });
    });
  }
}

/** No name of a job holds a slash. */
export const compilationSagaId = (name: string): string => `compilation-job/${name}`;
