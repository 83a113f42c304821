import { stat } from 'node:fs/promises';
import type { NamespaceOwner } from '../drivers/network/network-driver.ts';
import { credentialsAddress, resolverAddress } from '../model/network/reserved.ts';
import type { ServiceName } from '../model/arrival.ts';
import type { TcpAddress } from '../model/endpoint-services.ts';
import { formatAddress, parseCidr, resolverAddressOf } from '../model/network/addresses.ts';
import { present } from '../stdx/assert.ts';
import type { DataPlane } from './data-plane.ts';
import { answerJobCredentials, type FindJobCredentials } from './job-credentials.ts';
import type { AnySpec, ListenerSpec, LocalListenerSpec, ResolverSpec } from './listener.ts';
import type { ResolverZone } from './resolver.ts';
import type { UnansweredQuestion } from './resolver-sockets.ts';

/** What must listen in the namespaces of one VPC. */
export interface VpcListenersWanted {
  readonly number: number;
  readonly vpcId: string;
  /** The primary block: the resolver is at its base + 2. */
  readonly cidrBlock: string;
  /** False: nothing answers DNS in this VPC. */
  readonly enableDnsSupport: boolean;
  /** Addresses of the VPC's interfaces. */
  readonly privateAddresses: readonly string[];
  /** Further names to addresses: private DNS of interface endpoints, names at the edge. Lower-case. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly gatewayEndpoints: readonly { readonly number: number; readonly vpcEndpointId: string; readonly service: ServiceName }[];
  readonly interfaceEndpoints: readonly InterfaceEndpointWanted[];
  /** Interfaces of jobs' algorithms, in whose namespaces credentials are given. */
  readonly credentialInterfaces: readonly { readonly number: number; readonly networkInterfaceId: string }[];
}

/** One service, or one address of the operator's, at each of an endpoint's interfaces. */
export interface InterfaceEndpointWanted {
  readonly vpcEndpointId: string;
  readonly answers: { readonly service: ServiceName } | { readonly relayTo: TcpAddress };
  readonly ports: readonly number[];
  readonly interfaces: readonly { readonly number: number; readonly networkInterfaceId: string }[];
}

export interface VpcListenersOptions {
  readonly dataPlane: DataPlane;
  readonly region: string;
  /** The network driver's. */
  readonly namespacePath: (owner: NamespaceOwner) => string;
  readonly findJobCredentials: FindJobCredentials;
  /** Questions of a VPC that nothing here answered: somebody looks for names that cannot be had. */
  readonly noteUnanswered: (vpcId: string, questions: readonly UnansweredQuestion[]) => void;
}

const dnsPort = 53;
const [httpPort, httpsPort] = [80, 443];

/** Opens what must listen inside VPCs and closes what need not. Idempotent, from any state; nothing is remembered but what is open. */
export class VpcListeners {
  readonly #options: VpcListenersOptions;

  constructor(options: VpcListenersOptions) {
    this.#options = options;
  }

  /**
   * Brings the listeners of one VPC to what is wanted; its namespaces must exist. To be called after rules and routes
   * and before any link is up. Throws after trying everything.
   */
  async ensure(wanted: VpcListenersWanted): Promise<void> {
    const specs = new Map<string, AnySpec>();
    for (const spec of this.#specs(wanted)) {
      // A namespace that was made anew has another inode: what listens in the old one is heard by nobody.
      const { ino } = await stat(present(spec.namespacePath, 'a listener inside a VPC has a namespace'));
      const id = `${prefix(wanted.vpcId)}${spec.id}@${ino}`;
      specs.set(id, { ...spec, id });
    }
    const open = new Set(this.#open(prefix(wanted.vpcId)));
    const closings = [...open].filter((id) => !specs.has(id)).map((id) => this.#options.dataPlane.close(id));
    await Promise.all(closings);
    const openings = Array.from(specs, ([id, spec]) => (open.has(id) ? this.#refresh(spec) : this.#options.dataPlane.open(spec)));
    const failures = (await Promise.allSettled(openings)).flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    if (failures.length > 0) throw new AggregateError(failures, `${wanted.vpcId}: ${failures.map(({ message }) => message).join('; ')}`);
  }

  /**
   * Closes everything of VPCs that are not named. To be called before their namespaces are removed: an open socket
   * keeps a namespace, and the links in it, alive.
   */
  async keepOnly(vpcIds: readonly string[]): Promise<void> {
    const kept = vpcIds.map(prefix);
    const closings = this.#open('vpc/').filter((id) => !kept.some((start) => id.startsWith(start)));
    await Promise.all(closings.map((id) => this.#options.dataPlane.close(id)));
  }

  #open(start: string): string[] {
    return this.#options.dataPlane.list().flatMap(({ spec }) => (spec.id.startsWith(start) ? [spec.id] : []));
  }

  async #refresh(spec: AnySpec): Promise<void> {
    if ('zone' in spec) await this.#options.dataPlane.setZone(spec.id, spec.zone);
  }

  #specs(wanted: VpcListenersWanted): AnySpec[] {
    const endpoints = [
      ...wanted.gatewayEndpoints.flatMap((endpoint) => this.#endpoint(wanted.vpcId, endpoint)),
      ...wanted.interfaceEndpoints.flatMap((endpoint) => this.#interfaceEndpoint(wanted.vpcId, endpoint)),
    ];
    const credentials = wanted.credentialInterfaces.map((owner) => this.#credentials(owner));
    return [...(wanted.enableDnsSupport ? [this.#resolver(wanted)] : []), ...endpoints, ...credentials];
  }

  #resolver({ number, vpcId, cidrBlock, privateAddresses, names }: VpcListenersWanted): ResolverSpec {
    const block = present(parseCidr(cidrBlock), `${cidrBlock} is a block`);
    return {
      id: 'resolver',
      namespacePath: this.#options.namespacePath({ kind: 'vpc', number }),
      addresses: [formatAddress(resolverAddressOf(block)), resolverAddress],
      port: dnsPort,
      zone: { region: this.#options.region, privateAddresses, names },
      unanswered: (questions) => this.#options.noteUnanswered(vpcId, questions),
    };
  }

  #endpoint(vpcId: string, { number, vpcEndpointId, service }: VpcListenersWanted['gatewayEndpoints'][number]): ListenerSpec[] {
    const namespacePath = this.#options.namespacePath({ kind: 'gateway-endpoint', number });
    const arrival = { kind: 'endpoint', service, vpcEndpointId, vpcId } as const;
    // Every address of the service's prefix list leads into this namespace.
    const place = { namespacePath, address: '0.0.0.0', arrival };
    return [
      { ...place, id: `${vpcEndpointId}/http`, port: httpPort, protocols: 'http' },
      { ...place, id: `${vpcEndpointId}/https`, port: httpsPort, protocols: 'https' },
    ];
  }

  #interfaceEndpoint(vpcId: string, { vpcEndpointId, answers, ports, interfaces }: InterfaceEndpointWanted): AnySpec[] {
    return interfaces.flatMap(({ number, networkInterfaceId }) =>
      ports.map((port): AnySpec => {
        const namespacePath = this.#options.namespacePath({ kind: 'network-interface', number });
        const place = { id: `${vpcEndpointId}/${networkInterfaceId}/${port}`, namespacePath, address: '0.0.0.0', port };
        if ('relayTo' in answers) return { ...place, relayTo: answers.relayTo };
        const arrival = { kind: 'endpoint', service: answers.service, vpcEndpointId, vpcId } as const;
        return { ...place, arrival, protocols: port === httpPort ? 'http' : 'https' };
      }),
    );
  }

  #credentials({ number, networkInterfaceId }: VpcListenersWanted['credentialInterfaces'][number]): LocalListenerSpec {
    const { namespacePath, findJobCredentials } = this.#options;
    return {
      id: `${networkInterfaceId}/credentials`,
      namespacePath: namespacePath({ kind: 'network-interface', number }),
      address: credentialsAddress,
      port: httpPort,
      protocols: 'http',
      answer: (head) => answerJobCredentials(head, networkInterfaceId, findJobCredentials),
    };
  }
}

/** What the resolver of a VPC answers with now; undefined when none is open. */
export function openZone(dataPlane: Pick<DataPlane, 'list'>, vpcId: string): ResolverZone | undefined {
  const specs = dataPlane.list().map(({ spec }) => spec);
  const resolver = specs.find((spec): spec is ResolverSpec => 'zone' in spec && spec.id.startsWith(`${prefix(vpcId)}resolver@`));
  return resolver?.zone;
}

const prefix = (vpcId: string): string => `vpc/${vpcId}/`;
