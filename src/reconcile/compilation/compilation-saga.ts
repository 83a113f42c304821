import type { SagaStep } from '../saga.ts';
import { authoriseRole } from '../job/authorise-role.ts';
import { awaitNetwork } from '../job/await-network.ts';
import { createInterfaces } from '../job/create-interfaces.ts';
import { placeInstances } from '../job/place-instances.ts';
import { compileModel } from './compile-model.ts';
import type { CompilationJobContext } from './context.ts';
import { stageModel } from './stage-model.ts';
import { uploadModel } from './upload-model.ts';

/** In order. What a compilation job shares with a training job is the same step. */
export const compilationSteps: readonly SagaStep<CompilationJobContext>[] = [
  authoriseRole,
  createInterfaces,
  placeInstances,
  awaitNetwork,
  stageModel,
  compileModel,
  uploadModel,
];
