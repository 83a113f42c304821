import { Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { LookupFailed } from './failure.ts';
import { lookupTries, lookupTryMs } from './limits.ts';

/** The address of each host as the VPC's resolver last gave it. */
export type Addresses = Map<string, string>;

const addressesKept = 1_000;

/** Asks the name servers of the VPC, never the machine's. */
export function vpcLookup(nameServers: readonly string[], addresses: Addresses): LookupFunction {
  const [firstServer] = nameServers;
  if (firstServer === undefined) return (host, _options, callback) => callback(new LookupFailed(host, undefined, 'NONAMESERVER'), '');
  const resolver = new Resolver({ timeout: lookupTryMs, tries: lookupTries });
  resolver.setServers(nameServers);
  return (host, options, callback) => {
    resolver.resolve4(host, (error, found) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) {
        callback(new LookupFailed(host, firstServer, error?.code ?? 'ENODATA'), '');
        return;
      }
      if (addresses.size >= addressesKept) addresses.clear();
      addresses.set(host, first);
      const all = found.map((address) => ({ address, family: 4 }));
      if (options.all === true) callback(null, all);
      else callback(null, first, 4);
    });
  };
}
