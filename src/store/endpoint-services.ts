import { awsEndpointServices, type EndpointService, relayedService } from '../model/endpoint-services.ts';
import type { Store } from './store.ts';

/** Everything that an interface endpoint can be made for: AWS's services that are here, and the operator's own. */
export function endpointServicesOf({ ec2 }: Pick<Store, 'ec2'>, region: string): readonly EndpointService[] {
  return [...awsEndpointServices(region), ...ec2.endpointServices.list().map((row) => relayedService(region, row))];
}
