import type { Plan, Reply, RequestHead } from '../aws/message.ts';
import type { Arrival, ServiceName } from '../model/arrival.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import type { RelayPlace } from './relay-sockets.ts';
import type { ResolverPlace, UnansweredQuestion } from './resolver-sockets.ts';
import type { ResolverZone } from './resolver.ts';
import { unreachable } from '../stdx/assert.ts';

/** What every request that a listener accepts has in common: the part of its arrival that is fixed by the socket. */
export type ListenerArrival =
  | { readonly kind: 'host' }
  | { readonly kind: 'endpoint'; readonly service: ServiceName; readonly vpcEndpointId: string; readonly vpcId: string }
  | { readonly kind: 'edge'; readonly service: ServiceName };

/** Where an HTTP listener is opened and what it speaks. `both`: HTTP and TLS on one port, told apart by the first byte. */
export interface ListenerPlace {
  readonly id: string;
  /** Absent: the host's own network. */
  readonly namespacePath?: string;
  readonly address: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly protocols: 'http' | 'https' | 'both';
}

/** A listener whose requests go to the gateway. */
export interface ListenerSpec extends ListenerPlace {
  readonly arrival: ListenerArrival;
}

/** A request head before anyone gave it an arrival. */
export interface BareHead extends Omit<RequestHead, 'arrival'> {
  readonly sourceIp: string;
  readonly secure: boolean;
}

/** A listener whose few, small requests are answered by a function of the daemon: no gateway, no bodies. */
export interface LocalListenerSpec extends ListenerPlace {
  readonly answer: (head: BareHead) => Promise<Reply>;
}

/** The arrival of a request: the listener's part, and what the socket says of its peer. Nothing of it comes from the caller. */
export function arrivalOf(listener: ListenerArrival, { sourceIp, secure }: Pick<BareHead, 'sourceIp' | 'secure'>): Arrival {
  switch (listener.kind) {
    case 'host':
      return { kind: 'host', sourceIp, secure };
    case 'endpoint':
      return { kind: 'endpoint', service: listener.service, vpcEndpointId: listener.vpcEndpointId, vpcId: listener.vpcId, sourceIp, secure };
    case 'edge':
      return { kind: 'edge', service: listener.service, sourceIp, secure };
    default:
      return unreachable(listener, 'listener arrival');
  }
}

/** How a worker treats the bodies of a listener. */
export type BodyManner =
  /** One service, never S3: head and body go together. */
  | 'together'
  /** S3 only: the head goes first. */
  | 'head-first'
  /** The host: told apart by the request. */
  | 'by-request'
  /** Requests have no body. */
  | 'none';

/** What a worker is told of a listener. It learns neither the arrival nor who answers. */
export interface WorkerListener extends ListenerPlace {
  readonly bodies: BodyManner;
  /** The name whose certificate is shown to clients that name none; undefined: the default of the certificate source. */
  readonly defaultServerName?: string;
}

/** The resolver of a VPC, as the daemon asks for it. */
export interface ResolverSpec extends ResolverPlace {
  readonly zone: ResolverZone;
  /** Told of questions that nothing here answers, at most once a second. */
  readonly unanswered: (questions: readonly UnansweredQuestion[]) => void;
}

/** Everything that a data worker can have open. */
export type AnySpec = ListenerSpec | LocalListenerSpec | ResolverSpec | RelayPlace;

/** Requests of the control thread to a data worker. */
export interface WorkerMethods extends Record<string, (argument: never) => unknown> {
  openListener(listener: WorkerListener): Promise<{ port: number }>;
  openResolver(resolver: { readonly place: ResolverPlace; readonly zone: ResolverZone }): Promise<{ port: number }>;
  openRelay(relay: RelayPlace): Promise<{ port: number }>;
  setZone(change: { readonly id: string; readonly zone: ResolverZone }): void;
  /** Closes a listener or a resolver and cuts its connections. */
  close(id: string): Promise<void>;
  stop(argument: undefined): Promise<void>;
  /** Cuts the connections of requests whose bodies or objects are on their way; those that wait for an answer get it. */
  cut(argument: undefined): void;
  /** Answers. */
  ping(argument: undefined): void;
}

/** Requests of a data worker to the control thread. */
export interface ControlMethods extends Record<string, (argument: never) => unknown> {
  plan(request: { readonly listenerId: string; readonly head: BareHead; readonly body?: Uint8Array }): Promise<Plan>;
  complete(request: { readonly ticket: string; readonly result: Completion }): Promise<Reply>;
  abandon(ticket: string): void;
  certificate(serverName: string | undefined): Promise<LeafCertificate>;
  unanswered(asked: { readonly id: string; readonly questions: readonly UnansweredQuestion[] }): void;
  /** Trouble that an operator should read. */
  report(text: string): void;
}

export type Completion =
  | { readonly body: Uint8Array }
  | { readonly received: ReceivedBlob }
  | { readonly failed: { readonly code: string; readonly message: string } };

/** PEM, with the chain a client needs. */
export interface LeafCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a data worker is born with. */
export interface WorkerSettings {
  readonly blobDirectory: string;
}
