import { availabilityZonesOf, type AvailabilityZone } from '../../../model/regions.ts';
import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { matcher, type FilterTable } from '../filters.ts';

const filters = (region: string): FilterTable<AvailabilityZone> => ({
  'group-name': () => `${region}-zg-1`,
  message: () => [],
  'opt-in-status': () => 'opt-in-not-required',
  'parent-zone-id': () => [],
  'parent-zone-name': () => [],
  'region-name': () => region,
  state: () => 'available',
  'zone-id': ({ zoneId }) => zoneId,
  'zone-name': ({ zoneName }) => zoneName,
  'zone-type': () => 'availability-zone',
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export const describeAvailabilityZones: Ec2Operation<'DescribeAvailabilityZones'> = {
  authorize: readsAll('DescribeAvailabilityZones'),
  commit(input, { region }) {
    const all = availabilityZonesOf(region);
    const { ZoneNames: names = [], ZoneIds: ids = [] } = input;
    const unknown =
      names.find((name) => !all.some(({ zoneName }) => zoneName === name)) ?? ids.find((id) => !all.some(({ zoneId }) => zoneId === id));
    if (unknown !== undefined) throw errors.invalidParameterValue(`Invalid availability zone: [${unknown}]`);
    const passes = matcher(input.Filters, filters(region));
    const zones = all
      .filter((zone) => passes(zone) && (names.length === 0 || names.includes(zone.zoneName)) && (ids.length === 0 || ids.includes(zone.zoneId)))
      .map(({ zoneName, zoneId }) => ({
        ZoneName: zoneName,
        ZoneId: zoneId,
        RegionName: region,
        GroupName: `${region}-zg-1`,
        NetworkBorderGroup: region,
        ZoneType: 'availability-zone',
        State: 'available' as const,
        OptInStatus: 'opt-in-not-required' as const,
        Messages: [],
      }));
    return { AvailabilityZones: zones };
  },
};
