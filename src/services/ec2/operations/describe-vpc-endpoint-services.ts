import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { endpointServiceFilters, endpointServices } from '../endpoint-service.ts';
import { serviceNotFound } from '../errors.ts';
import { matcher } from '../filters.ts';
import { page } from '../pagination.ts';

/** Lists what an endpoint can be made for here, not everything that AWS has. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export const describeVpcEndpointServices: Ec2Operation<'DescribeVpcEndpointServices'> = {
  authorize: readsAll('DescribeVpcEndpointServices'),
  commit(input, { region }) {
    const all = endpointServices(region).filter(() => (input.ServiceRegions ?? [region]).includes(region));
    const unknown = input.ServiceNames?.find((name) => !all.some(({ ServiceName }) => ServiceName === name));
    if (unknown !== undefined) throw serviceNotFound(unknown);
    const named = input.ServiceNames === undefined || input.ServiceNames.length === 0 ? undefined : new Set(input.ServiceNames);
    const passes = matcher(input.Filters, endpointServiceFilters, () => new Map());
    const services = all.filter((service) => passes(service) && (named?.has(service.ServiceName ?? '') ?? true));
    const { rows, nextToken } = page(services, ({ ServiceName = '' }) => ServiceName, input);
    return { ServiceNames: rows.map(({ ServiceName = '' }) => ServiceName), ServiceDetails: rows, NextToken: nextToken };
  },
};
