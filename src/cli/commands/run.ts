import { statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../stdx/clock.ts';
import { Api } from '../api.ts';
import { NoDaemon, readRunningDaemon } from '../daemon-file.ts';
import { followJob } from '../logs/follow-job.ts';
import { withOwnDaemon } from '../own-daemon.ts';
import { asCaller } from '../patient-api.ts';
import { ownBucket, ownRole } from '../run/bucket-and-role.ts';
import { channelsOf, filesBelow, type LocalFile, pathWithin } from '../run/files.ts';
import { downloadModel } from '../run/model-archive.ts';
import { givenNetwork, ownNetwork } from '../run/network.ts';
import { defaultImages, jobNameOf, launcherFolder, parseHyperparameters, type Runtime, runtimeOf, trainingJobOf } from '../run/request.ts';
import { uploadFiles } from '../run/upload.ts';
import type { Terminal } from '../terminal.ts';

export interface RunOptions {
  readonly data?: string;
  readonly sourceDir?: string;
  readonly instances: string;
  readonly instanceType: string;
  readonly image?: string;
  readonly hyperparameter: readonly string[];
  readonly name?: string;
  readonly vpc?: string;
  readonly subnets?: string;
  readonly groups?: string;
  readonly state: string;
}

/** What is known before anything is made. */
interface Plan {
  readonly name: string;
  readonly runtime: Runtime;
  readonly image: string;
  readonly script: string;
  readonly instances: number;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly code: readonly LocalFile[];
  readonly data: ReadonlyMap<string, readonly LocalFile[]>;
}

/**
 * Runs a user's own script as a training job in a private VPC: on the daemon that runs, or on one of its own that ends with it.
 * Exit code 1 when the job failed or was stopped, 2 when the image is still to be built.
 */
export async function run(terminal: Terminal, script: string, options: RunOptions): Promise<void> {
  const plan = planOf(script, options);
  if (runs(options.state)) return await runOn(terminal, plan, options, options.state);
  terminal.note(`No daemon runs on ${options.state}: this job gets one of its own. Of it only the model stays, here.`);
  await withOwnDaemon('run', async (state) => await runOn(terminal, plan, options, state));
}

function runs(state: string): boolean {
  try {
    readRunningDaemon(state);
    return true;
  } catch (error) {
    if (error instanceof NoDaemon) return false;
    throw error;
  }
}

/** Reads the user's files and options; throws with one clear line what is wrong with them. */
function planOf(script: string, options: RunOptions): Plan {
  const path = resolve(script);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw new Error(`there is no script ${path}`);
  for (const folder of [options.data, options.sourceDir]) {
    if (folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new Error(`there is no folder ${folder}`);
  }
  if (options.vpc === undefined && (options.subnets ?? options.groups) !== undefined) throw new Error('--subnets and --groups are those of a --vpc');
  const instances = Number(options.instances);
  if (!Number.isInteger(instances) || instances < 1) throw new Error(`--instances takes a number from 1 on, not ${options.instances}`);
  const runtime = runtimeOf(path);
  const folder = resolve(options.sourceDir ?? dirname(path));
  const own = options.sourceDir === undefined ? [{ key: basename(path), path }] : filesBelow(folder, { hidden: false });
  const data = options.data === undefined ? [] : filesBelow(resolve(options.data), { hidden: true });
  if (options.data !== undefined && data.length === 0) throw new Error(`${options.data} holds no files`);
  return {
    name: options.name ?? jobNameOf(path, systemClock.now()),
    runtime,
    image: options.image ?? defaultImages[runtime],
    script: pathWithin(folder, path),
    instances,
    hyperparameters: parseHyperparameters(options.hyperparameter),
    code: runtime === 'node' ? [...own, ...launcherFiles] : own,
    data: data.length === 0 ? new Map() : channelsOf(data),
  };
}

const extension = extname(import.meta.url);
const launcher = `launch${extension}`;
const launcherFiles: readonly LocalFile[] = [launcher, `script-environment${extension}`].map((name) => ({
  key: `${launcherFolder}/${name}`,
  path: fileURLToPath(new URL(`../run/${name}`, import.meta.url)),
}));

async function runOn(terminal: Terminal, plan: Plan, options: RunOptions, state: string): Promise<void> {
  const daemon = readRunningDaemon(state);
  const { region } = daemon;
  if (plan.image === defaultImages.python && !(await hasImage(new Api(daemon), plan.image))) {
    terminal.refused(`${plan.image} is not built yet. Build it once, with a daemon (cloister up): cloister image build python`);
    process.exitCode = 2;
    return;
  }
  const api = new Api(asCaller(daemon, process.env));
  const network = options.vpc === undefined ? await ownNetwork(api, region) : await givenNetwork(api, options.vpc, options);
  terminal.done(`private network ${network.vpcId}: ${[...network.subnetIds, ...network.groupIds].join(', ')}`);
  const bucket = await ownBucket(api, daemon);
  const roleArn = await ownRole(api, daemon, bucket);
  const channels = new Map<string, string>();
  for (const [channel, files] of new Map([...plan.data, ['code', plan.code]])) {
    const { uri, sent } = await uploadFiles(api, bucket, files);
    channels.set(channel, uri);
    terminal.done(`channel ${channel}: ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${sent} of them new, ${uri}`);
  }
  const { instanceType } = options;
  const job = { ...plan, ...network, roleArn, launcher, channels, output: `s3://${bucket}/output`, instanceType };
  await api.json('sagemaker', 'CreateTrainingJob', trainingJobOf(job));
  terminal.done(`training job ${plan.name}, ${plan.instances} × ${instanceType}, ${plan.image}`);
  const ended = await followJob(plan.name, { data: state, follow: true, tellsStatus: true });
  process.exitCode = ended.TrainingJobStatus === 'Completed' ? 0 : 1;
  const model = ended.ModelArtifacts?.S3ModelArtifacts;
  if (process.exitCode !== 0 || model === undefined) return;
  const file = `${plan.name}-model.tar.gz`;
  await downloadModel(api, model, file);
  terminal.done(`model ./${file}, from ${model}`);
}

async function hasImage(api: Api, name: string): Promise<boolean> {
  const { images } = (await api.operator('/_cloister/images')) as { readonly images: readonly { readonly name: string }[] };
  return images.some((image) => image.name === name);
}
