import { basename, join } from 'node:path';
import { hostName } from '../../model/job/container-contract.ts';
import { metricsGivenUp } from '../../model/job/metrics.ts';
import { utilizationText } from '../../model/job/utilization.ts';
import { type Fact, onlyStored } from '../../model/network/inspect/fact.ts';
import { together } from '../../model/network/refused-names.ts';
import type { InstanceRecord } from '../../reconcile/job/job-context.ts';
import { trainingSteps } from '../../reconcile/training/training-saga.ts';
import type { TrainingRequest } from '../../reconcile/training/request.ts';
import type { JournalEntry, TrainingJobRow } from '../../store/sagemaker.ts';
import { refusedNameFacts } from './read-vpc.ts';
import { type Inspection, type InspectionSources, inspectionOf } from './inspection.ts';

type Journal = ReadonlyMap<string, JournalEntry>;

const none = 'none';

/** Undefined when there is no job of this name. */
export async function inspectJob(sources: InspectionSources, name: string): Promise<Inspection | undefined> {
  const { sagemaker } = sources.store;
  const row = sagemaker.trainingJobs.find(name);
  if (row === undefined) return undefined;
  const journal = sagemaker.journal(name);
  const { AlgorithmSpecification, ResourceConfig } = row.request as unknown as TrainingRequest;
  const { InstanceCount } = ResourceConfig;
  const { TrainingImage } = AlgorithmSpecification;
  const hosts = Array.from({ length: InstanceCount }, (_, index) => hostName(index));
  const instances = await Promise.all(hosts.map(async (host) => await instanceFacts(sources, row, journal, host)));
  return inspectionOf(name, 'training job', [
    onlyStored('status', [row.status, row.secondaryStatus]),
    onlyStored('saga', [row.saga]),
    onlyStored('image', [row.localImage === undefined ? TrainingImage : `${row.localImage}, asked for as ${TrainingImage}`]),
    ...trainingSteps.map((step) => onlyStored(`step ${step.name}`, [journal.get(step.name)?.state ?? 'not begun'])),
    ...instances.flat(),
    ...Object.entries(row.utilization ?? {}).map(([host, seen]) => onlyStored(`${host}, use of the machine`, [utilizationText(seen)])),
    ...Object.entries(row.logsLost ?? {}).map(([host, why]) => onlyStored(`${host}, log lines that were not delivered`, [why])),
    ...Object.entries(row.refusedNames ?? {}).flatMap(([host, refused]) => refusedNameFacts(refused, host)),
    ...(row.metricsGivenUp === true ? [onlyStored('metric definitions', [metricsGivenUp])] : []),
  ]);
}

async function instanceFacts(sources: InspectionSources, row: TrainingJobRow, journal: Journal, host: string): Promise<Fact[]> {
  const instanceId = `${row.trainingJobName}.${host}`;
  const made = journal.get('create-interfaces')?.result as { readonly instances: readonly InstanceRecord[] } | null | undefined;
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
    oneOf(`${host}, agent`, row.saga === 'ended' ? [none] : undefined, agentState),
    oneOf(`${host}, container`, containerStates(row, journal), container?.status ?? none, exit),
  ];
}

/** What the journal lets a container be. */
function containerStates(row: TrainingJobRow, journal: Journal): readonly string[] | undefined {
  if (row.saga === 'ended') return [none];
  // Everything is being taken back, or is about to be: the state is on its way.
  if (row.outcome !== undefined) return undefined;
  const training = journal.get('train-instances')?.state;
  if (training !== undefined) return row.trainingStartAt === undefined ? ['created', 'running', 'exited'] : ['running', 'exited'];
  const staging = journal.get('stage-instances')?.state;
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
