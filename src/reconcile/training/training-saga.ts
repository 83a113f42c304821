import type { SagaStep } from '../saga.ts';
import { authoriseRole } from '../job/authorise-role.ts';
import { awaitNetwork } from '../job/await-network.ts';
import { createInterfaces } from '../job/create-interfaces.ts';
import { placeInstances } from '../job/place-instances.ts';
import type { TrainingJobContext } from './context.ts';
import { encryptTraffic } from './encrypt-traffic.ts';
import { stageInstances } from './stage-instances.ts';
import { trainInstances } from './train-instances.ts';
import { uploadArtifacts } from './upload-artifacts.ts';

/**
 * In order. The network is applied while
 * the instances get their directories and volumes: whoever waits for it comes after that.
 */
export const trainingSteps: readonly SagaStep<TrainingJobContext>[] = [
  authoriseRole,
  createInterfaces,
  placeInstances,
  awaitNetwork,
  encryptTraffic,
  stageInstances,
  trainInstances,
  uploadArtifacts,
];
