import type { InsideAddress } from '../../../model/network/plan.ts';

/** A route as the kernel takes it. Without a table: `local` routes go into the local table, others into the main one. */
export interface KernelRoute {
  readonly table?: number;
  readonly type: 'unicast' | 'local' | 'throw' | 'blackhole';
  /** `default`, a block, or an address. */
  readonly destination: string;
  readonly via?: string;
  readonly device?: string;
  readonly source?: string;
}

/** One change of namespaces and what is in them, made by system calls. A namespace is a name in `/run/netns`. `put` may be repeated. */
export type KernelCommand =
  | { readonly do: 'add-namespace'; readonly namespace: string }
  | { readonly do: 'delete-namespace'; readonly namespace: string }
  | {
      /** A veth pair, both ends down: `link` in the namespace, `eth0` in the other. */
      readonly do: 'add-link';
      readonly namespace: string;
      readonly link: string;
      readonly mac: string;
      readonly inside: string;
      /** Another name than `eth0`. */
      readonly insideLink?: string;
      readonly insideMac: string;
    }
  | { readonly do: 'open-link'; readonly namespace: string; readonly link: string; readonly alias?: string }
  | { readonly do: 'close-link'; readonly namespace: string; readonly link: string }
  /** `net.ipv4.ip_forward=1` */
  | { readonly do: 'set'; readonly namespace: string; readonly setting: string }
  | ({ readonly do: 'put-address' | 'delete-address'; readonly namespace: string } & AddressOnDevice)
  | { readonly do: 'put-neighbour'; readonly namespace: string; readonly address: string; readonly mac: string; readonly device: string }
  | { readonly do: 'put-route' | 'delete-route'; readonly namespace: string; readonly route: KernelRoute };

type AddressOnDevice = Omit<InsideAddress, 'device'> & { readonly device: string };
