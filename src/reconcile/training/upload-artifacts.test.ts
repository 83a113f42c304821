import { expect, it } from 'vitest';
import { trainingWorld } from '../../../test/fixtures/training-world.ts';
import { clashNotice } from '../../model/job/clashes.ts';

it('tells of files that several instances left by one name, in the last status message', async () => {
  const world = trainingWorld();
  const text = clashNotice('model', ['model.json']) ?? '';
  world.placement.answer = ({ orderId, kind }) => ({ orderId, ok: true, objects: 1, bytes: 1, ...(kind === 'upload' && { text }) });
  await world.run();
  expect(world.row().transitions.at(-1)).toMatchObject({ status: 'Completed', statusMessage: `Training job completed. ${text}` });
});

it("ends with AWS's message to the letter when nothing was left out", async () => {
  const world = trainingWorld();
  await world.run();
  expect(world.row().transitions.at(-1)?.statusMessage).toBe('Training job completed');
});
