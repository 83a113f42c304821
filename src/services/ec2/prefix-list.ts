import type { PrefixList } from '../../model/network/world.ts';
import { s3PrefixListOf } from '../../model/regions.ts';
import type { OperationContext } from '../operation.ts';
import { malformedId, prefixListNotFound } from './errors.ts';

/** Who owns the lists that AWS manages. */
export const prefixListOwner = 'AWS';

/** The lists of the region: AWS's of S3. */
export const prefixListsOf = ({ region }: Pick<OperationContext, 'region'>): readonly PrefixList[] => [s3PrefixListOf(region)];

export function prefixListOf(context: Pick<OperationContext, 'region'>, id: string): PrefixList {
  if (!id.startsWith('pl-')) throw malformedId('InvalidPrefixListId.Malformed', id, 'pl');
  const list = prefixListsOf(context).find(({ prefixListId }) => prefixListId === id);
  if (list === undefined) throw prefixListNotFound(id);
  return list;
}

/** AWS's lists have no account in their ARN. */
export const prefixListArn = ({ region }: Pick<OperationContext, 'region'>, id: string): string => `arn:aws:ec2:${region}:aws:prefix-list/${id}`;
