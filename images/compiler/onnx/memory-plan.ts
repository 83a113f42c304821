import { inputsOf, rootOf, sizeOf, targetOf, type Network, type Value } from './network.ts';

/** Floats of a cache line: arrays begin at its start. */
export const line = 16;

export const rounded = (size: number): number => Math.ceil(size / line) * line;

export interface MemoryPlan {
  /** Where each array that is neither input, output nor constant begins. */
  readonly places: ReadonlyMap<Value, number>;
  readonly size: number;
}

/** One piece of memory for all arrays between the steps: each where none is that is needed at the same time. */
export function planMemory({ inputs, outputs, steps }: Network): MemoryPlan {
  const elsewhere = new Set([...inputs, ...outputs].map(({ value }) => rootOf(value)));
  const last = new Map<Value, number>();
  steps.forEach((step, index) => {
    for (const value of [...inputsOf(step), targetOf(step)]) last.set(rootOf(value), index);
  });
  const places = new Map<Value, number>();
  let live: { readonly value: Value; readonly place: number; readonly size: number }[] = [];
  let size = 0;
  steps.forEach((step, index) => {
    live = live.filter(({ value }) => (last.get(value) ?? 0) >= index);
    const value = rootOf(targetOf(step));
    if (elsewhere.has(value) || places.has(value)) return;
    const wanted = rounded(sizeOf(value.dims));
    let place = 0;
    for (const other of live.toSorted((a, b) => a.place - b.place)) {
      if (place + wanted <= other.place) break;
      place = Math.max(place, other.place + other.size);
    }
    live.push({ value, place, size: wanted });
    places.set(value, place);
    size = Math.max(size, place + wanted);
  });
  return { places, size };
}
