import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FaultKind } from '../fakes/faults.ts';
import { nothing, type trainingWorld } from '../fixtures/training-world.ts';

interface SagaWorld {
  readonly faults: { readonly moments: readonly string[] };
  run(): Promise<number>;
  row(): { readonly status: string };
  held(): ReturnType<ReturnType<typeof trainingWorld>['held']>;
}

interface Expected<World> {
  readonly completed: string;
  /** The other statuses in which a job of this kind ends. */
  readonly others: readonly string[];
  readonly momentsMin: number;
  /** What else holds of a job that has ended, however it did. */
  readonly isWhole?: (world: World) => boolean;
}

/** What holds of every job's saga: it can fail, be killed and be stopped at every moment, and gives everything back. Returns the moments. */
export async function atEveryMoment<World extends SagaWorld>(
  worldOf: (planned: Readonly<Record<number, FaultKind>>) => World,
  { completed, others, momentsMin, isWhole = () => true }: Expected<World>,
): Promise<readonly string[]> {
  const statuses = [completed, ...others];
  const quiet = worldOf({});
  const activations = await quiet.run();
  const { moments } = quiet.faults;

  it('completes in one go when nothing goes wrong, and holds nothing', () => {
    expect([activations, quiet.row().status, quiet.held()]).toEqual([1, completed, nothing]);
    expect(moments.length).toBeGreaterThan(momentsMin);
  });

  it.each(['fail', 'crash', 'stop'] as const)('gives everything back whenever it meets: %s', async (kind) => {
    const trials = moments.map(async (name, moment) => {
      const world = worldOf({ [moment]: kind });
      await world.run();
      expect({ [`${kind} at ${name}`]: world.held(), hasEnded: statuses.includes(world.row().status) }).toEqual({
        [`${kind} at ${name}`]: nothing,
        hasEnded: true,
      });
    });
    await Promise.all(trials);
  });

  it('completes although its daemon was killed, at whatever moment', async () => {
    const trials = moments.map(async (name, moment) => {
      const world = worldOf({ [moment]: 'crash' });
      await world.run();
      expect([`killed ${name}`, world.row().status]).toEqual([`killed ${name}`, completed]);
    });
    await Promise.all(trials);
  });

  it('gives everything back whatever happens, however often (random)', async () => {
    const kind = fc.constantFrom<FaultKind>('fail', 'crash', 'stop');
    const plans = fc.dictionary(fc.nat({ max: 2 * moments.length }).map(String), kind, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(plans, async (planned) => {
        const world = worldOf(planned);
        await world.run();
        expect(world.held()).toEqual(nothing);
        expect(statuses).toContain(world.row().status);
        expect(isWhole(world)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
  return moments;
}
