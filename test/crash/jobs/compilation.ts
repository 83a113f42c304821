import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateCompilationJobCommand, DescribeCompilationJobCommand } from '@aws-sdk/client-sagemaker';
import { compilationEc2Actions } from '../../../src/model/job/needs.ts';
import { compilationLogGroupName } from '../../../src/model/job/log-stream.ts';
import * as demo from '../../clients/demo-path.ts';
import { modelOf } from '../../fixtures/compiler-image.ts';
import type { DaemonLab } from '../../kernel/daemon/lab.ts';
import { countingLines, faultsOfLines, linesOf, type BedJob, type JobState } from './bed-job.ts';

const role = 'compilation-role';

/** The compiler counts, and leaves who it is in the compiled model. */
const script = (lines: number): string =>
  "const i=crypto.randomUUID();require('fs').writeFileSync(process.env.SM_NEO_COMPILED_MODEL_DIR+'/compiler',i);" + countingLines(lines, 'i');

export async function makeCompilationRole(lab: DaemonLab): Promise<void> {
  await lab.makeRole(role, ...compilationEc2Actions, ...demo.dataActions, ...demo.logActions);
}

const statuses: Readonly<Record<string, JobState['status']>> = { COMPLETED: 'Completed', FAILED: 'Failed', STOPPED: 'Stopped' };

export const compilation: BedJob = {
  async create({ lab }, name, kind, { subnetId, groupId }) {
    await lab.putObject(`models/${name}/model.tar.gz`, modelOf(script(linesOf(name))));
    await lab.sagemaker.send(
      new CreateCompilationJobCommand({
        CompilationJobName: name,
        RoleArn: `arn:aws:iam::000000000000:role/${role}`,
        InputConfig: { S3Uri: `s3://${demo.bucket}/models/${name}/model.tar.gz`, Framework: 'PYTORCH', DataInputConfig: '{"data": [1, 3]}' },
        OutputConfig: { S3OutputLocation: `s3://${demo.bucket}/compiled/${name}/`, TargetDevice: 'ml_c5' },
        StoppingCondition: { MaxRuntimeInSeconds: 300 },
        ...(kind === 'compilation' && { VpcConfig: { Subnets: [subnetId], SecurityGroupIds: [groupId] } }),
      }),
    );
  },

  async state({ lab }, name) {
    const { CompilationJobStatus: told = '', FailureReason: reason } = await lab.sagemaker.send(
      new DescribeCompilationJobCommand({ CompilationJobName: name }),
    );
    return { status: statuses[told] ?? 'under way', told, reason: reason === '' ? undefined : reason };
  },

  /** The compiler ran once, whole, and was heard once. */
  async faultsOfRun({ lab }, name) {
    const id = demo.fileOfArchive(await lab.getObject(`compiled/${name}/model-ml_c5.tar.gz`), 'compiler');
    const stream = { logGroupName: compilationLogGroupName, logStreamName: name, startFromHead: true };
    const { events = [] } = await lab.logs.send(new GetLogEventsCommand(stream));
    return faultsOfLines(
      'the compiler',
      id,
      events.map(({ message = '' }) => message),
      linesOf(name),
    );
  },
};
