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

/** In order. */
export const trainingSteps: readonly SagaStep<TrainingJobContext>[] = [
  authoriseRole,
  createInterfaces,
  awaitNetwork,
  placeInstances,
  encryptTraffic,
  stageInstances,
  trainInstances,
  uploadArtifacts,
];
