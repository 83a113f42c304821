import type { ServiceDetail } from '@aws-sdk/client-ec2';
import { availabilityZonesOf, s3ServiceName } from '../../model/regions.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { gatewayEndpointsOnly } from './unsupported.ts';

/** The services that an endpoint can be made for: S3 through a gateway endpoint. */
export function endpointServices(region: string): ServiceDetail[] {
  const zones = availabilityZonesOf(region).map(({ zoneName }) => zoneName);
  return [
    {
      ServiceName: s3ServiceName(region),
      ServiceType: [{ ServiceType: 'Gateway' }],
      ServiceRegion: region,
      AvailabilityZones: zones,
      Owner: 'amazon',
      BaseEndpointDnsNames: [`s3.${region}.amazonaws.com`],
      VpcEndpointPolicySupported: true,
      AcceptanceRequired: false,
      ManagesVpcEndpoints: false,
      SupportedIpAddressTypes: ['ipv4'],
      Tags: [],
    },
  ];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export const endpointServiceFilters: FilterTable<ServiceDetail> = {
  owner: ({ Owner }) => Owner,
  'service-name': ({ ServiceName }) => ServiceName,
  'service-region': ({ ServiceRegion }) => ServiceRegion,
  'service-type': ({ ServiceType = [] }) => ServiceType.map((each) => each.ServiceType),
  'supported-ip-address-types': ({ SupportedIpAddressTypes = [] }) => SupportedIpAddressTypes,
};

/** Refuses everything but a gateway endpoint for the S3 of this region, and says what is missing. */
export function checkEndpointService(region: string, serviceName: string | undefined, type: string): void {
  if (serviceName === undefined) throw errors.parameterRequired('serviceName');
  if (type !== 'Gateway') throw errors.unsupported(`VpcEndpointType ${type}`, gatewayEndpointsOnly);
  if (serviceName === s3ServiceName(region)) return;
  if (serviceName === `com.amazonaws.${region}.dynamodb`) {
    throw errors.unsupported(`ServiceName ${serviceName}`, 'there is no DynamoDB here, only S3 has a gateway endpoint');
  }
  throw errors.serviceNotFound(serviceName);
}
