import { hostName } from '../../model/job/container-contract.ts';
import { trainingLogGroupName, trainingLogStreamName } from '../../model/job/log-stream.ts';
import { maxRuntimeDefaultSeconds } from '../../model/job/max-runtime.ts';
import { trainingEc2Actions } from '../../model/job/needs.ts';
import { metricsGivenUp } from '../../model/job/metrics.ts';
import { notesOf, statusMessage, statusMessageOf, type StatusNotes } from '../../model/job/status-message.ts';
import { encryptsTraffic } from '../../model/job/traffic-encryption.ts';
import { advance, type JobOutcome, statusMessages, terminalStatusOf, type TrainingSecondaryStatus } from '../../model/job/training-job.ts';
import type { InstanceSpec } from '../../drivers/placement/placement-driver.ts';
import type { JobRow, TrainingJobRow } from '../../store/sagemaker.ts';
import { type InstanceRecord, JobContext, type LogDestination, type VpcConfig } from '../job/job-context.ts';
import { trainingInstanceSpec } from './contract.ts';
import { type TrainingRequest, volumeBytesOf } from './request.ts';

/** One running training job, as its steps see it. */
export class TrainingJobContext extends JobContext {
  readonly noun = 'training job';
  readonly ec2Actions = trainingEc2Actions;
  readonly steps = { staging: 'stage-instances', code: 'train-instances' };
  readonly downloading = 'download';

  get sagaId(): string {
    return this.name;
  }

  get row(): TrainingJobRow {
    return this.services.store.sagemaker.trainingJobs.get(this.name);
  }

  get request(): TrainingRequest {
    return this.row.request as unknown as TrainingRequest;
  }

  /** What its containers are made from. */
  get image(): string {
    return this.row.localImage ?? this.request.AlgorithmSpecification.TrainingImage;
  }

  get arn(): string {
    return this.row.trainingJobArn;
  }

  get roleArn(): string {
    return this.request.RoleArn;
  }

  get vpcConfig(): VpcConfig | undefined {
    return this.request.VpcConfig;
  }

  get isIsolated(): boolean {
    return this.request.EnableNetworkIsolation === true;
  }

  get encryptsTraffic(): boolean {
    return encryptsTraffic(this.request);
  }

  get hosts(): readonly string[] {
    return Array.from({ length: this.request.ResourceConfig.InstanceCount }, (_, index) => hostName(index));
  }

  get instanceType(): string {
    return this.request.ResourceConfig.InstanceType;
  }

  get volumeBytes(): number {
    return volumeBytesOf(this.request);
  }

  get maxRuntimeSeconds(): number {
    return this.request.StoppingCondition.MaxRuntimeInSeconds ?? maxRuntimeDefaultSeconds;
  }

  get codeStartAt(): string | undefined {
    return this.row.trainingStartAt;
  }

  instanceSpec(instance: InstanceRecord): InstanceSpec {
    return trainingInstanceSpec(this, instance);
  }

  logDestination(host: string): LogDestination {
    const logStreamName = trainingLogStreamName(this.name, host, new Date(this.row.createdAt));
    return { logGroupName: trainingLogGroupName, logStreamName, eventsBefore: 0 };
  }

  update(change: Partial<JobRow>): void {
    this.services.store.sagemaker.trainingJobs.update(this.name, change);
  }

  tellOverdue(): void {
    this.advance('Stopping');
  }

  keepOutcome(outcome: JobOutcome, now: string): void {
    const ended = this.row.instancesStartAt === undefined ? {} : { trainingEndAt: now };
    this.services.store.sagemaker.trainingJobs.update(this.name, { outcome, ...ended });
  }

  finish(outcome: JobOutcome, now: string): void {
    const status = terminalStatusOf(outcome);
    const failureReason = outcome.kind === 'failed' ? outcome.failureReason : undefined;
    this.services.store.sagemaker.trainingJobs.update(this.name, {
      ...advance(this.row, status, now, failureReason ?? statusMessage(statusMessages[status], { remarks: this.#remarks })),
      ...(failureReason === undefined ? {} : { failureReason }),
      saga: 'ended',
    });
  }

  /** What the user of a job that did not fail is to know. */
  get #remarks(): readonly (string | undefined)[] {
    const uploaded = this.resultOf('upload-artifacts') as { readonly notice?: string } | null | undefined;
    return [uploaded?.notice, this.row.metricsGivenUp === true ? metricsGivenUp : undefined];
  }

  /** @param more what is to be said of this very status */
  advance(status: TrainingSecondaryStatus, change: Partial<TrainingJobRow> = {}, more: StatusNotes = {}): void {
    const { store, clock } = this.services;
    store.transact(() => {
      const notes = notesOf(this.row.request, this.services.containers.size(), this.row.localImage);
      const message = statusMessage(statusMessageOf(status, notes), more);
      store.sagemaker.trainingJobs.update(this.name, { ...change, ...advance(this.row, status, clock.now().toISOString(), message) });
    });
  }
}
