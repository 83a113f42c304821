import { compilePolicy, type CompiledPolicy } from '../model/policy/compile.ts';
import type { PolicyKind } from '../model/policy/decision.ts';
import { storedPolicy } from '../model/policy/parse.ts';

/** Compiled documents kept: at least the half of them that was used last. */
const compiledPoliciesMax = 2_048;

type Documents = Map<string, CompiledPolicy>;

/** Documents compiled once, by their text: a changed document is another one. */
export class PolicyCache {
  readonly #recentMax: number;
  #recent = new Map<PolicyKind, Documents>();
  #older: ReadonlyMap<PolicyKind, Documents> = new Map();
  #recentCount = 0;

  constructor(max: number = compiledPoliciesMax) {
    this.#recentMax = max / 2;
  }

  get size(): number {
    return [...this.#recent.values(), ...this.#older.values()].reduce((sum, documents) => sum + documents.size, 0);
  }

  compiled(document: string, kind: PolicyKind): CompiledPolicy {
    const found = this.#recent.get(kind)?.get(document);
    if (found !== undefined) return found;
    const older = this.#older.get(kind);
    const policy = older?.get(document) ?? compilePolicy(storedPolicy(document, kind), kind);
    older?.delete(document);
    this.#remember(document, kind, policy);
    return policy;
  }

  /** What was not asked for while as many others were is forgotten: nothing is moved on the way of every decision. */
  #remember(document: string, kind: PolicyKind, policy: CompiledPolicy): void {
    if (this.#recentCount >= this.#recentMax) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#recentCount = 0;
    }
    const documents = this.#recent.get(kind) ?? new Map<string, CompiledPolicy>();
    this.#recent.set(kind, documents.set(document, policy));
    this.#recentCount += 1;
  }
}
