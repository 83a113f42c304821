import { noRefusedNames, type RefusedNames, together, withRefused } from '../model/network/refused-names.ts';
import type { UnansweredQuestion } from './resolver-sockets.ts';

/** Interfaces that asked, those that are gone among them. The one that asked longest ago is forgotten first. */
const interfacesMax = 1_024;

interface Asker {
  readonly vpcId: string;
  readonly refused: RefusedNames;
}

/**
 * What the resolvers of VPCs did not answer, by the interface that asked. A resolver that forwards nothing is no way out
 * for data, and who tried is known. In memory: a job keeps its own part when it ends.
 */
export class RefusedNamesRecord {
  readonly #interfaceAt: (vpcId: string, address: string) => string | undefined;
  readonly #askers = new Map<string, Asker>();
  #count = 0;

  /** @param interfaceAt the interface of a VPC that has an address now: the rules let nobody ask from another's */
  constructor(interfaceAt: (vpcId: string, address: string) => string | undefined) {
    this.#interfaceAt = interfaceAt;
  }

  /** Since the daemon started. */
  get count(): number {
    return this.#count;
  }

  note(vpcId: string, questions: readonly UnansweredQuestion[]): void {
    const sources = [...new Set(questions.map(({ sourceIp }) => sourceIp))];
    const askers = new Map(sources.map((sourceIp) => [sourceIp, this.#interfaceAt(vpcId, sourceIp)]));
    for (const { name, type, sourceIp, count } of questions) {
      const asker = askers.get(sourceIp) ?? `${vpcId} ${sourceIp}`;
      const refused = withRefused(this.#askers.get(asker)?.refused ?? noRefusedNames, { name, type, count });
      this.#askers.delete(asker);
      this.#askers.set(asker, { vpcId, refused });
      if (this.#askers.size > interfacesMax) this.#askers.delete(this.#askers.keys().next().value ?? '');
      this.#count += count;
    }
  }

  ofInterface(networkInterfaceId: string): RefusedNames {
    return this.#askers.get(networkInterfaceId)?.refused ?? noRefusedNames;
  }

  ofVpc(vpcId: string): RefusedNames {
    return together(Array.from(this.#askers.values()).flatMap((asker) => (asker.vpcId === vpcId ? [asker.refused] : [])));
  }
}
