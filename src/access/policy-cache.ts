import { compilePolicy, type CompiledPolicy } from '../model/policy/compile.ts';
import type { PolicyKind } from '../model/policy/decision.ts';
import { storedPolicy } from '../model/policy/parse.ts';

/** Compiled documents kept. The oldest unused one makes room. */
export const compiledPoliciesMax = 2_048;

/** Documents compiled once, by their text: a changed document is another one. */
export class PolicyCache {
  readonly #compiled = new Map<string, CompiledPolicy>();
  readonly #max: number;

  constructor(max: number = compiledPoliciesMax) {
    this.#max = max;
  }

  get size(): number {
    return this.#compiled.size;
  }

  compiled(document: string, kind: PolicyKind): CompiledPolicy {
    const key = `${kind} ${document}`;
    const found = this.#compiled.get(key);
    const policy = found ?? compilePolicy(storedPolicy(document, kind), kind);
    if (found !== undefined) this.#compiled.delete(key);
    this.#compiled.set(key, policy);
    if (this.#compiled.size > this.#max) this.#compiled.delete(this.#compiled.keys().next().value as string);
    return policy;
  }
}
