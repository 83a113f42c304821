import { availabilityZonesOf } from '../../model/regions.ts';
import { present } from '../../stdx/assert.ts';
import * as errors from './errors.ts';

interface ZoneMembers {
  readonly AvailabilityZone?: string | undefined;
  readonly AvailabilityZoneId?: string | undefined;
}

/** The name of the zone that a request names, by name or id; undefined when it names none. */
export function requestedZone({ AvailabilityZone: name, AvailabilityZoneId: id }: ZoneMembers, region: string): string | undefined {
  const zones = availabilityZonesOf(region);
  const names = zones.map(({ zoneName }) => zoneName);
  if (name !== undefined && id !== undefined) {
    throw errors.invalidParameterCombination('The parameters availabilityZone and availabilityZoneId may not be used together');
  }
  if (name !== undefined && !names.includes(name)) throw errors.invalidAvailabilityZone('availabilityZone', name, names);
  const byId = zones.find(({ zoneId }) => zoneId === id);
  if (id !== undefined && byId === undefined) {
    const ids = zones.map(({ zoneId }) => zoneId);
    throw errors.invalidAvailabilityZone('availabilityZoneId', id, ids);
  }
  return name ?? byId?.zoneName;
}

/** Where EC2 puts what is left to it. */
export function firstZoneOf(region: string): string {
  return present(availabilityZonesOf(region)[0], 'a region has a zone').zoneName;
}
