import { present } from '../../stdx/assert.ts';
import type { JobContext } from './job-context.ts';

/**
 * Starts the containers of all instances, or none. Every one was created and initialised before: its runtime has found the
 * program, mounted and joined everything. What could still keep one back is looked at before the first one starts; if a
 * runtime fails nevertheless, the others are killed at once. A container that another daemon started is adopted; one that
 * has ended keeps its exit code.
 */
export async function startTogether(context: JobContext): Promise<void> {
  const { containers } = context.services;
  const names = context.instances.map(({ host }) => context.instanceId(host));
  const [only] = names;
  // Nothing to keep together: `start` itself leaves alone what runs or has ended, and looks only at what it did not make.
  if (only !== undefined && names.length === 1) return await containers.start(only);
  const states = await Promise.all(names.map(async (name) => present(await containers.inspect(name), `container ${name} exists`)));
  const waiting = states.filter(({ status }) => status === 'created');
  const started = await Promise.allSettled(waiting.map(async ({ name }) => await containers.start(name)));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure === undefined) return;
  await Promise.allSettled(names.map(async (name) => await containers.stop(name, 0)));
  throw failure.reason;
}
