import type { ContainerSpec } from '../../drivers/container/container-driver.ts';
import { targetName, targetWords } from '../../model/job/compilation-target.ts';
import { compilerEnvironment, compilationFolders } from '../../model/job/compiler-contract.ts';
import { builtInCompiler, compilerImageOf } from '../../model/job/compilers.ts';
import { containerMounts, instanceLayout } from '../../model/job/instance-layout.ts';
import { parseLiteral } from '../../model/job/literal.ts';
import { parseS3Uri } from '../../model/job/s3-uri.ts';
import { present } from '../../stdx/assert.ts';
import type { SagaStep } from '../saga.ts';
import { createJobContainer } from '../job/create-container.ts';
import { containerLimits } from '../job/container-limits.ts';
import { eventsIn } from '../job/container-logs.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import { JobFailure } from '../job/job-failure.ts';
import { refusedSoFar } from '../job/refused-packets.ts';
import { transfer } from '../job/transfer.ts';
import type { CompilationJobContext } from './context.ts';

/** The model is fetched and unpacked while the compiler's container is created: only starting it is left. */
export const stageModel: SagaStep<CompilationJobContext> = {
  name: 'stage-model',

  async run(context, signal) {
    begin(context);
    const dataInputConfig = dataInputConfigOf(context);
    const image = await requireCompiler(context);
    const instance = present(context.instances[0], 'a compilation job has an instance');
    const staged = [unpackModel(context, instance, signal), createContainer(context, instance, image, dataInputConfig)];
    // Read here, before any code of the job runs; last, because nobody waits for it.
    const refusedBefore = refusedSoFar(context);
    const results = await Promise.allSettled([...staged, refusedBefore]);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    return { refusedBefore: await refusedBefore };
  },

  async undo(context) {
    for (const { host } of context.instances) await context.services.containers.remove(context.instanceId(host));
  },
};

/** What a stream of the job's name holds by now is not the job's. */
function begin(context: CompilationJobContext): void {
  const { services, row } = context;
  context.advance('INPROGRESS', {
    instancesStartAt: row.instancesStartAt ?? services.clock.now().toISOString(),
    logEventsBefore: row.logEventsBefore ?? eventsIn(services, context.logDestination()),
  });
}

/** As JSON. The texts are those of Neo's loader: https://github.com/neo-ai/neo-loader */
function dataInputConfigOf({ request: { InputConfig } }: CompilationJobContext): string | undefined {
  if (InputConfig.DataInputConfig === undefined) return undefined;
  let value: unknown;
  try {
    value = parseLiteral(InputConfig.DataInputConfig);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JobFailure(`ClientError: InputConfiguration: Cannot load DataInputConfig. Incorrect json format. ${reason}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null)
    throw new JobFailure('ClientError: InputConfiguration: DataInputConfig is not dictionary or list.');
  return JSON.stringify(value);
}

async function requireCompiler({ request, services }: CompilationJobContext): Promise<string> {
  const { Framework } = request.InputConfig;
  const target = targetName(request.OutputConfig);
  const image = compilerImageOf(Framework, target, services.compilers);
  if (image !== undefined && (await services.containers.hasImage(image))) return image;
  const words = `ClientError: CompilationError: Unable to compile model for ${target}:`;
  if (image === undefined) {
    throw new JobFailure(
      `${words} no compiler is registered for framework ${Framework} and this target. cloister up --compiler ${Framework}=IMAGE registers one.`,
    );
  }
  const mend = image === builtInCompiler ? 'cloister image build compiler makes it' : 'cloister image load takes it from an archive';
  throw new JobFailure(`${words} the image of the compiler of ${Framework}, ${image}, is not in the local store. ${mend}.`);
}

async function unpackModel(context: CompilationJobContext, instance: InstanceRecord, signal: AbortSignal): Promise<void> {
  const { bucket, key } = present(parseS3Uri(context.request.InputConfig.S3Uri), 'the operation requires an S3 URI');
  const { input, others } = compilationFolders;
  const order = { kind: 'unpack', orderId: 'unpack', bucket, key, folder: input, otherFolders: others } as const;
  await transfer(context, instance, 'model', order, signal);
}

async function createContainer(
  context: CompilationJobContext,
  instance: InstanceRecord,
  image: string,
  dataInputConfig: string | undefined,
): Promise<void> {
  const { InputConfig, OutputConfig } = context.request;
  const directory = context.instanceDirectory(instance.host);
  const spec: ContainerSpec = {
    name: context.instanceId(instance.host),
    labels: { job: context.name, host: instance.host },
    image,
    arguments: [],
    environment: compilerEnvironment({
      region: context.services.region,
      framework: InputConfig.Framework,
      frameworkVersion: InputConfig.FrameworkVersion,
      target: targetWords(OutputConfig),
      dataInputConfig,
      compilerOptions: OutputConfig.CompilerOptions && JSON.stringify(parseLiteral(OutputConfig.CompilerOptions)),
    }),
    mounts: containerMounts(directory),
    networkNamespacePath: context.namespaceOf(instance.algorithmInterfaceId),
    hostname: instance.host,
    uidBase: instance.uidBase,
    ...containerLimits(context, instance),
    logPath: instanceLayout(directory).containerLog,
  };
  await createJobContainer(context, spec, { compilerFor: targetName(OutputConfig) });
}
