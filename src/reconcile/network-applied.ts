import type { Clock } from '../stdx/clock.ts';
import type { ReconcileLoop } from './loop.ts';
import { removedSubject, type VpcNetworkReconciler } from './vpc-network.ts';

/**
 * Waits for the kernel to hold a generation of a VPC. Ends with the reconciler's own failure when the signal ends it: that
 * says more than a deadline.
 */
export function networkAppliedWaiter(reconciler: VpcNetworkReconciler, loop: ReconcileLoop) {
  return async (vpcId: string, generation: number, signal: AbortSignal): Promise<void> => {
    const isApplied = (): boolean => reconciler.appliedGeneration(vpcId) >= generation;
    if (isApplied()) return;
    const told = Promise.withResolvers<void>();
    const stopWatching = reconciler.watch(() => {
      if (isApplied()) told.resolve();
    });
    await untilTold(loop, { told, stopWatching }, signal, () => {
      const failure = loop.last?.failures.find((entry) => entry.subject === vpcId);
      return failure && new Error(`the network of ${vpcId} could not be applied: ${failure.message}`);
    });
  };
}

/** Waits until the kernel holds nothing of VPCs whose rows are gone by now: until a later activation removed all that it was to remove. */
export function networksRemovedWaiter(loop: ReconcileLoop, clock: Clock) {
  return async (signal: AbortSignal): Promise<void> => {
    const askedAt = clock.now().toISOString();
    const told = Promise.withResolvers<void>();
    let left: string | undefined;
    const stopWatching = loop.watch(() => {
      left = loop.last?.failures.find(({ subject }) => subject.startsWith(removedSubject))?.message;
      if (left === undefined && (loop.last?.startedAt ?? '') > askedAt) told.resolve();
      else loop.request();
    });
    await untilTold(loop, { told, stopWatching }, signal, () =>
      left === undefined ? undefined : new Error(`a network could not be removed: ${left}`),
    );
  };
}

interface Watch {
  readonly told: PromiseWithResolvers<void>;
  readonly stopWatching: () => void;
}

/** Asks the loop to run and waits. When the signal ends it, it rejects with the failure that is known then, or the signal's reason. */
async function untilTold(loop: ReconcileLoop, { told, stopWatching }: Watch, signal: AbortSignal, failure: () => Error | undefined): Promise<void> {
  const onAbort = (): void => told.reject(failure() ?? (signal.reason as Error));
  signal.addEventListener('abort', onAbort, { once: true });
  loop.request();
  try {
    signal.throwIfAborted();
    await told.promise;
  } finally {
    stopWatching();
    signal.removeEventListener('abort', onAbort);
  }
}
