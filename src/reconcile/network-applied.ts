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
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stopWatching = reconciler.watch(() => {
      if (isApplied()) resolve();
    });
    const onAbort = (): void => {
      const failure = loop.last?.failures.find((entry) => entry.subject === vpcId);
      reject(failure === undefined ? (signal.reason as Error) : new Error(`the network of ${vpcId} could not be applied: ${failure.message}`));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    loop.request();
    try {
      signal.throwIfAborted();
      await promise;
    } finally {
      stopWatching();
      signal.removeEventListener('abort', onAbort);
    }
  };
}

/** Waits until the kernel holds nothing of VPCs whose rows are gone by now: until a later activation removed all that it was to remove. */
export function networksRemovedWaiter(loop: ReconcileLoop, clock: Clock) {
  return async (signal: AbortSignal): Promise<void> => {
    const askedAt = clock.now().toISOString();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let left: string | undefined;
    const stopWatching = loop.watch(() => {
      left = loop.last?.failures.find(({ subject }) => subject.startsWith(removedSubject))?.message;
      if (left === undefined && (loop.last?.startedAt ?? '') > askedAt) resolve();
      else loop.request();
    });
    const onAbort = (): void => reject(left === undefined ? (signal.reason as Error) : new Error(`a network could not be removed: ${left}`));
    signal.addEventListener('abort', onAbort, { once: true });
    loop.request();
    try {
      signal.throwIfAborted();
      await promise;
    } finally {
      stopWatching();
      signal.removeEventListener('abort', onAbort);
    }
  };
}
