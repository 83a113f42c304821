import { basename, join } from 'node:path';
import { hostName } from '../../model/job/container-contract.ts';
import { metricsGivenUp } from '../../model/job/metrics.ts';
import { utilizationText } from '../../model/job/utilization.ts';
import { type Fact, onlyStored } from '../../model/network/inspect/fact.ts';
import { together } from '../../model/network/refused-names.ts';
import { targetName } from '../../model/job/compilation-target.ts';
import { compilationSteps } from '../../reconcile/compilation/compilation-saga.ts';
import { compilationSagaId, compilerHost } from '../../reconcile/compilation/context.ts';
import type { CompilationRequest } from '../../reconcile/compilation/request.ts';
import type { InstanceRecord, JobContext } from '../../reconcile/job/job-context.ts';
import { trainingSteps } from '../../reconcile/training/training-saga.ts';
import type { TrainingRequest } from '../../reconcile/training/request.ts';
import type { CompilationJobRow, JobRow, JournalEntry, TrainingJobRow } from '../../store/sagemaker.ts';
import { refusedNameFacts } from './read-vpc.ts';
import { type Inspection, type InspectionSources, inspectionOf } from './inspection.ts';

type Journal = ReadonlyMap<string, JournalEntry>;

const none = 'none';

/** What of a job of any kind is looked at. */
interface InspectedJob {
  readonly row: JobRow;
  readonly journal: Journal;
  readonly hasStarted: boolean;
  readonly steps: JobContext['steps'];
  readonly instanceId: (host: string) => string;
}

/** The training job of the name, or else the compilation job. Undefined when there is neither. */
export async function inspectJob(sources: InspectionSources, name: string): Promise<Inspection | undefined> {
  const { trainingJobs, compilationJobs } = sources.store.sagemaker;
  const training = trainingJobs.find(name);
  if (training !== undefined) return await inspectTraining(sources, training);
  const compilation = compilationJobs.find(name);
  return compilation === undefined ? undefined : await inspectCompilation(sources, compilation);
}

async function inspectTraining(sources: InspectionSources, row: TrainingJobRow): Promise<Inspection> {
  const name = row.trainingJobName;
  const journal = sources.store.sagemaker.journal(name);
  const { AlgorithmSpecification, ResourceConfig } = row.request as unknown as TrainingRequest;
  const { TrainingImage } = AlgorithmSpecification;
  const hosts = Array.from({ length: ResourceConfig.InstanceCount }, (_, index) => hostName(index));
  const job: InspectedJob = {
    row,
    journal,
    hasStarted: row.trainingStartAt !== undefined,
    steps: { staging: 'stage-instances', code: 'train-instances' },
    instanceId: (host) => `${name}.${host}`,
  };
  const instances = await Promise.all(hosts.map(async (host) => await instanceFacts(sources, job, host)));
  return inspectionOf(name, 'training job', [
    onlyStored('status', [row.status, row.secondaryStatus]),
    onlyStored('saga', [row.saga]),
    onlyStored('image', [row.localImage === undefined ? TrainingImage : `${row.localImage}, asked for as ${TrainingImage}`]),
    ...stepFacts(trainingSteps, job),
    ...instances.flat(),
    ...Object.entries(row.utilization ?? {}).map(([host, seen]) => onlyStored(`${host}, use of the machine`, [utilizationText(seen)])),
    ...lossFacts(row),
    ...(row.metricsGivenUp === true ? [onlyStored('metric definitions', [metricsGivenUp])] : []),
  ]);
}

async function inspectCompilation(sources: InspectionSources, row: CompilationJobRow): Promise<Inspection> {
  const name = row.compilationJobName;
  const journal = sources.store.sagemaker.journal(compilationSagaId(name));
  const { InputConfig, OutputConfig } = row.request as unknown as CompilationRequest;
  const job: InspectedJob = {
    row,
    journal,
    hasStarted: row.compilerStartAt !== undefined,
    steps: { staging: 'stage-model', code: 'compile-model' },
    instanceId: (host) => `${name}.${host}`,
  };
  return inspectionOf(name, 'compilation job', [
    onlyStored('status', [row.status]),
    onlyStored('saga', [row.saga]),
    onlyStored('model', [`${InputConfig.Framework} for ${targetName(OutputConfig)}`]),
    ...stepFacts(compilationSteps, job),
    ...(await instanceFacts(sources, job, compilerHost)),
    ...lossFacts(row),
  ]);
}

/** What a job asked for or said in vain. */
const lossFacts = ({ logsLost = {}, refusedNames = {} }: JobRow): Fact[] => [
  ...Object.entries(logsLost).map(([host, why]) => onlyStored(`${host}, log lines that were not delivered`, [why])),
  ...Object.entries(refusedNames).flatMap(([host, refused]) => refusedNameFacts(refused, host)),
];

/** None of a job that has ended: its journal went with what it took. */
const stepFacts = (steps: readonly { readonly name: string }[], { row, journal }: InspectedJob): Fact[] =>
  row.saga === 'ended' ? [] : steps.map((step) => onlyStored(`step ${step.name}`, [journal.get(step.name)?.state ?? 'not begun']));

async function instanceFacts(sources: InspectionSources, job: InspectedJob, host: string): Promise<Fact[]> {
  const instanceId = job.instanceId(host);
  const made = job.journal.get('create-interfaces')?.result as { readonly instances: readonly InstanceRecord[] } | null | undefined;
  const record = made?.instances.find((instance) => instance.host === host);
  const [agent, container] = await Promise.all([
    sources.placement.findAgent(join(sources.instancesDirectory, instanceId)),
    sources.containers.inspect(instanceId),
  ]);
  const agentState = agent === undefined ? none : agent.alive ? `process ${agent.pid}` : `process ${agent.pid} has ended`;
  const exit = container?.exitCode === undefined ? '' : ` ${container.exitCode}`;
  return [
    await interfaceFact(sources, `${host}, interface of the agent`, record?.agentInterfaceId),
    await interfaceFact(sources, `${host}, interface of the algorithm`, record?.algorithmInterfaceId),
    // A job that has ended has its own.
    ...refusedNameFacts(
      together(
        [record?.agentInterfaceId, record?.algorithmInterfaceId].flatMap((id) => (id === undefined ? [] : [sources.refusedNames.ofInterface(id)])),
      ),
      host,
    ),
    oneOf(`${host}, agent`, job.row.saga === 'ended' ? [none] : undefined, agentState),
    oneOf(`${host}, container`, containerStates(job), container?.status ?? none, exit),
  ];
}

/** What the journal lets a container be. */
function containerStates({ row, journal, hasStarted, steps }: InspectedJob): readonly string[] | undefined {
  if (row.saga === 'ended') return [none];
  // Everything is being taken back, or is about to be: the state is on its way.
  if (row.outcome !== undefined) return undefined;
  const code = journal.get(steps.code)?.state;
  if (code !== undefined) return hasStarted ? ['running', 'exited'] : ['created', 'running', 'exited'];
  const staging = journal.get(steps.staging)?.state;
  if (staging === undefined) return [none];
  return staging === 'done' ? ['created'] : [none, 'created'];
}

/** @param planned what it may be; undefined when nothing says */
const oneOf = (fact: string, planned: readonly string[] | undefined, held: string, detail = ''): Fact => ({
  fact,
  stored: [],
  planned: planned === undefined ? [] : [planned.join(' or ')],
  kernel: [`${held}${detail}`],
  agrees: planned === undefined || planned.includes(held),
});

async function interfaceFact({ store, network }: InspectionSources, fact: string, id: string | undefined): Promise<Fact> {
  const row = id === undefined ? undefined : store.ec2.networkInterfaces.find(id);
  if (id === undefined || row === undefined) return { fact, stored: [none], planned: [], kernel: [], agrees: true };
  const owner = { kind: 'network-interface', number: row.number } as const;
  const name = basename(network.namespacePath(owner));
  const held = await network.held(owner);
  const isUp = held?.links.some((link) => link.up) === true;
  return { fact, stored: [id], planned: [`${name} up`], kernel: held === undefined ? [none] : [`${name} ${isUp ? 'up' : 'down'}`], agrees: isUp };
}
