import { readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { invalidParameterValue } from '../errors.ts';
import { matcher, type FilterTable } from '../filters.ts';

const filters: FilterTable<string> = {
  endpoint: (region) => `ec2.${region}.amazonaws.com`,
  'opt-in-status': () => 'opt-in-not-required',
  'region-name': (region) => region,
};

/** The one region that is served here. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export const describeRegions: Ec2Operation<'DescribeRegions'> = {
  authorize: readsAll('DescribeRegions'),
  commit(input, { region }) {
    const unknown = input.RegionNames?.find((name) => name !== region);
    if (unknown !== undefined) throw invalidParameterValue(`Invalid region: [${unknown}]`);
    const passes = matcher(input.Filters, filters);
    const regions = [region].filter((name) => passes(name));
    return {
      Regions: regions.map((name) => ({ RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: 'opt-in-not-required' })),
    };
  },
};
