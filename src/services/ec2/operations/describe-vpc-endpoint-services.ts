import type { ServiceDetail } from '@aws-sdk/client-ec2';
import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { endpointServiceFilters, endpointServices } from '../endpoint-service.ts';
import { serviceNotFound } from '../errors.ts';
import { matcher } from '../filters.ts';
import { page } from '../pagination.ts';

/** Lists what an endpoint can be made for here, not everything that AWS has. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export const describeVpcEndpointServices: Ec2Operation<'DescribeVpcEndpointServices'> = {
  authorize: readsAll('DescribeVpcEndpointServices'),
  commit(input, context) {
    const { region } = context;
    const all = endpointServices(context).filter(() => (input.ServiceRegions ?? [region]).includes(region));
    const unknown = input.ServiceNames?.find((name) => !all.some(({ ServiceName }) => ServiceName === name));
    if (unknown !== undefined) throw serviceNotFound(unknown);
    const named = input.ServiceNames === undefined || input.ServiceNames.length === 0 ? undefined : new Set(input.ServiceNames);
    const passes = matcher(input.Filters, endpointServiceFilters, tagsOf);
    const services = all.filter((service) => passes(service) && (named?.has(service.ServiceName ?? '') ?? true));
    const { rows, nextToken } = page(services.toSorted(byKey), keyOf, input);
    return { ServiceNames: [...new Set(rows.map(({ ServiceName = '' }) => ServiceName))], ServiceDetails: rows, NextToken: nextToken };
  },
};

const tagsOf = ({ Tags = [] }: ServiceDetail): Map<string, string> => new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** A service has a row for each type. */
const keyOf = ({ ServiceName = '', ServiceType = [] }: ServiceDetail): string => `${ServiceName} ${ServiceType[0]?.ServiceType}`;
const byKey = (a: ServiceDetail, b: ServiceDetail): number => (keyOf(a) < keyOf(b) ? -1 : 1);
