import { stat } from 'node:fs/promises';
import { edgeApiAddresses, s3Address } from '../model/network/reserved.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { DataPlane } from './data-plane.ts';
import type { ListenerSpec } from './listener.ts';

/** Where each public service is. One listener serves one service. */
const places: readonly (readonly [ServiceName, string])[] = [
  ['s3', s3Address],
  ...(Object.entries(edgeApiAddresses) as [keyof typeof edgeApiAddresses, string][]),
];
const [httpPort, httpsPort] = [80, 443];

/** The public services at the internet edge, whose callers are seen under their Elastic IPs. Idempotent, from any state. */
export class EdgeListeners {
  readonly #dataPlane: DataPlane;
  readonly #namespacePath: string;

  constructor(dataPlane: DataPlane, namespacePath: string) {
    this.#dataPlane = dataPlane;
    this.#namespacePath = namespacePath;
  }

  /** The namespace must exist. Throws after trying everything. */
  async ensure(): Promise<void> {
    const { ino } = await stat(this.#namespacePath);
    // A namespace that was made anew has another inode: what listens in the old one is heard by nobody.
    const wanted = new Map(this.#specs().map((spec) => [`${spec.id}@${ino}`, { ...spec, id: `${spec.id}@${ino}` }]));
    const open = this.#open();
    await Promise.all(open.filter((id) => !wanted.has(id)).map((id) => this.#dataPlane.close(id)));
    const openings = [...wanted].filter(([id]) => !open.includes(id)).map(([, spec]) => this.#dataPlane.open(spec));
    const failures = (await Promise.allSettled(openings)).flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    if (failures.length > 0) throw new AggregateError(failures, `the internet edge: ${failures.map(({ message }) => message).join('; ')}`);
  }

  /** Before the namespace is removed: an open socket keeps it alive. */
  async close(): Promise<void> {
    await Promise.all(this.#open().map((id) => this.#dataPlane.close(id)));
  }

  #open(): string[] {
    return this.#dataPlane.list().flatMap(({ spec }) => (spec.id.startsWith(prefix) ? [spec.id] : []));
  }

  #specs(): ListenerSpec[] {
    return places.flatMap(([service, address]) => {
      const place = { namespacePath: this.#namespacePath, address, arrival: { kind: 'edge', service } } as const;
      return [
        { ...place, id: `${prefix}${service}/http`, port: httpPort, protocols: 'http' },
        { ...place, id: `${prefix}${service}/https`, port: httpsPort, protocols: 'https' },
      ] as const;
    });
  }
}

const prefix = 'edge/';
