/**
 * cloister/gbt: gradient-boosted trees by histograms, over one instance or several. Speaks SageMaker's container contract
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html) and leaves `model/xgboost-model`
 * in XGBoost's JSON format. No dependency but Node.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration, TrainingError } from './configuration.ts';
import { writeModel, type Model } from './model.ts';
import { Group } from './peers.ts';
import { trainModel } from './train.ts';

const root = process.env['ML_ROOT'] ?? '/opt/ml';

/** The text that SageMaker shows as the job's failure reason. */
function leaveFailure(error: unknown): void {
  const text =
    error instanceof TrainingError ? error.message : `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  mkdirSync(join(root, 'output'), { recursive: true });
  writeFileSync(join(root, 'output/failure'), text);
  console.error(text);
}

async function main(): Promise<void> {
  const started = performance.now();
  const configuration = readConfiguration(root);
  const { hosts, rank, parameters } = configuration;
  let soFar: Model | undefined;
  // A stopped job still uploads its model: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
  // The first process of a container is not ended by a signal that it does not handle: not while it waits for peers either.
  process.once('SIGTERM', () => {
    if (rank === 0 && soFar !== undefined) writeModel(root, soFar);
    console.log('[cloister-gbt] stopped');
    process.exit(143);
  });
  const group = await Group.join({ hosts, rank, port: parameters.peerPort, waitMs: parameters.peerWaitMs });
  const connected = performance.now();
  const log = (line: string): void => (group.leads ? console.log(line) : undefined);
  const model = await trainModel({ root, configuration, group, log, onRound: (grown) => (soFar = grown) });
  if (group.leads) writeModel(root, model);
  group.leave();
  const times = `${Math.round(performance.now() - started)} ms (waited ${Math.round(connected - started)} ms for peers)`;
  console.log(`[cloister-gbt] ${hosts[rank]} done in ${times}, ${group.bytesReceived} bytes received from peers`);
}

if (process.argv[2] !== 'train') {
  console.error('usage: train');
  process.exitCode = 2;
} else {
  try {
    await main();
  } catch (error) {
    leaveFailure(error);
    process.exit(1);
  }
}
