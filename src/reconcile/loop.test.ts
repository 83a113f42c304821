import { describe, expect, it } from 'vitest';
import { systemClock } from '../stdx/clock.ts';
import { sleep } from '../stdx/deadline.ts';
import { ReconcileLoop, type Reconciler } from './loop.ts';

function counting(activate: () => Promise<void> = () => Promise.resolve()): Reconciler & { activations: number } {
  return {
    name: 'counting',
    activations: 0,
    async activate() {
      this.activations += 1;
      await activate();
      return { changed: 0, failures: [] };
    },
  };
}

const nextActivation = async (loop: ReconcileLoop): Promise<void> =>
  await new Promise((resolve) => {
    const stopWatching = loop.watch(() => {
      stopWatching();
      resolve();
    });
  });

describe('the reconcile loop', () => {
  it('runs once at the start without being asked', async () => {
    const reconciler = counting();
    const loop = new ReconcileLoop(reconciler, { periodMs: 60_000, clock: systemClock });
    const activated = nextActivation(loop);
    loop.start();
    await activated;
    expect(reconciler.activations).toBe(1);
    await loop.stop();
  });

  it('turns a thousand requests during one activation into exactly one more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const reconciler = counting(() => promise);
    const loop = new ReconcileLoop(reconciler, { periodMs: 60_000, clock: systemClock });
    loop.start();
    await expect.poll(() => reconciler.activations).toBe(1);
    for (let request = 0; request < 1_000; request += 1) loop.request();
    resolve();
    await expect.poll(() => reconciler.activations).toBe(2);
    await sleep(20);
    expect(reconciler.activations).toBe(2);
    await loop.stop();
  });

  it('begins after the turn that asked for it, with all that was written meanwhile', async () => {
    let written = 0;
    const seen: number[] = [];
    const loop = new ReconcileLoop(
      counting(async () => void seen.push(written)),
      { periodMs: 60_000, clock: systemClock },
    );
    const started = nextActivation(loop);
    loop.start();
    await started;
    const asked = nextActivation(loop);
    for (written = 1; written < 5; written += 1) {
      loop.request();
      await Promise.resolve();
    }
    await asked;
    expect(seen).toEqual([0, 5]);
    await loop.stop();
  });

  it('survives a reconciler that throws, and shows what it threw', async () => {
    const loop = new ReconcileLoop(
      counting(() => Promise.reject(new Error('no kernel today'))),
      { periodMs: 60_000, clock: systemClock },
    );
    const activated = nextActivation(loop);
    loop.start();
    await activated;
    expect(loop.last?.failures).toEqual([{ subject: 'counting', message: 'Error: no kernel today' }]);
    expect(loop.runs).toEqual({ all: 1, failed: 1 });
    await loop.stop();
  });

  it('runs again after its period without any request', async () => {
    const reconciler = counting();
    const loop = new ReconcileLoop(reconciler, { periodMs: 5, clock: systemClock });
    loop.start();
    await expect.poll(() => reconciler.activations).toBeGreaterThanOrEqual(3);
    expect(await loop.stop()).toBe(true);
    expect(loop.runs).toEqual({ all: reconciler.activations, failed: 0 });
    expect(Date.parse(loop.last?.startedAt ?? '')).toBeLessThanOrEqual(Date.now());
  });
});
