/** `managed`: the network that all jobs without VpcConfig share. `peers`: one per isolated job, that leads nowhere. */
type ServiceNetworkKind = 'managed' | 'peers';

/** The networks that SageMaker manages itself, in an account that nobody is. */
export interface ServiceNetworks {
  /** A place for the interfaces of one job: the same one, however often it is asked for. */
  ensure(kind: ServiceNetworkKind, job: string): { readonly subnetId: string; readonly groupId: string };
  /** After the job's interfaces are gone. Again does nothing. */
  release(job: string): void;
  /** Resolves when the kernel holds no network any more that was given back before. */
  removed(signal: AbortSignal): Promise<void>;
}
