import type { ServiceDetail, ServiceType } from '@aws-sdk/client-ec2';
import type { EndpointService } from '../../model/endpoint-services.ts';
import { availabilityZonesOf, s3ServiceName } from '../../model/regions.ts';
import { endpointServicesOf } from '../../store/endpoint-services.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';

type ServiceContext = Pick<OperationContext, 'store' | 'region' | 'accountId'>;
export type EndpointType = 'Gateway' | 'Interface';

const dynamoDbName = (region: string): string => `com.amazonaws.${region}.dynamodb`;

/** Everything that DescribeVpcEndpointServices tells, by name; S3 has a row for each of its types. */
export function endpointServices(context: ServiceContext): ServiceDetail[] {
  const { region } = context;
  const gateways = [s3ServiceName(region), dynamoDbName(region)].map((name) => gatewayDetail(region, name));
  const interfaces = endpointServicesOf(context.store, region).map((service) => interfaceDetail(context, service));
  return [...gateways, ...interfaces];
}

const commonDetail = (region: string, serviceName: string, type: ServiceType) =>
  ({
    ServiceName: serviceName,
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: availabilityZonesOf(region).map(({ zoneName }) => zoneName),
    AvailabilityZoneIds: availabilityZonesOf(region).map(({ zoneId }) => zoneId),
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ['ipv4'],
  }) satisfies ServiceDetail;

function gatewayDetail(region: string, serviceName: string): ServiceDetail {
  const own = serviceName.split('.').at(-1);
  return {
    ...commonDetail(region, serviceName, 'Gateway'),
    Owner: 'amazon',
    BaseEndpointDnsNames: [`${own}.${region}.amazonaws.com`],
    VpcEndpointPolicySupported: true,
    Tags: [],
  };
}

function interfaceDetail({ region, accountId }: ServiceContext, service: EndpointService): ServiceDetail {
  const { serviceName, domain, privateNames } = service;
  const isOurs = 'relayTo' in service;
  const [firstName] = privateNames;
  return {
    ...commonDetail(region, serviceName, 'Interface'),
    ...(isOurs ? { ServiceId: service.serviceId } : {}),
    Owner: isOurs ? accountId : 'amazon',
    BaseEndpointDnsNames: [`${domain}.vpce.amazonaws.com`],
    ...(firstName === undefined
      ? {}
      : {
          PrivateDnsName: firstName,
          PrivateDnsNames: privateNames.map((name) => ({ PrivateDnsName: name })),
          PrivateDnsNameVerificationState: 'verified',
        }),
    // Who relays bytes knows no requests to judge.
    VpcEndpointPolicySupported: !isOurs,
    Tags: isOurs ? [{ Key: 'Name', Value: service.name }] : [],
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export const endpointServiceFilters: FilterTable<ServiceDetail> = {
  owner: ({ Owner }) => Owner,
  'service-name': ({ ServiceName }) => ServiceName,
  'service-region': ({ ServiceRegion }) => ServiceRegion,
  'service-type': ({ ServiceType: types = [] }) => types.map((each) => each.ServiceType),
  'supported-ip-address-types': ({ SupportedIpAddressTypes = [] }) => SupportedIpAddressTypes,
};

/** The type that is asked for, when there is a service of this name and type. */
export function requestedEndpointType(context: ServiceContext, serviceName: string | undefined, type = 'Gateway'): EndpointType {
  if (serviceName === undefined) throw errors.parameterRequired('serviceName');
  const types = endpointServices(context).flatMap((row) => (row.ServiceName === serviceName ? (row.ServiceType ?? []) : []));
  const names = types.map(({ ServiceType: name }) => name);
  if (names.length === 0) throw errors.serviceNotFound(serviceName);
  if (serviceName === dynamoDbName(context.region)) throw errors.unsupported(`ServiceName ${serviceName}`, 'there is no DynamoDB here');
  const asked = names.find((name) => name === type);
  if (asked !== 'Gateway' && asked !== 'Interface') throw errors.endpointTypeMismatch(type, names.join(', '));
  return asked;
}

export function interfaceServiceOf(context: ServiceContext, serviceName: string): EndpointService | undefined {
  return endpointServicesOf(context.store, context.region).find((service) => service.serviceName === serviceName);
}
