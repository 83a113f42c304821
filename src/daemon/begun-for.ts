import type { Store } from '../store/store.ts';

/** What is in every ARN of a data directory. */
interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * A data directory keeps the region and the account that it was begun for: with others, nothing that it holds would be found.
 * Throws an Error with one clear line.
 */
export function keepPlace({ identifiers, transact }: Pick<Store, 'identifiers' | 'transact'>, dataDirectory: string, place: Place): void {
  const begunFor: Place = {
    region: identifiers.setting('region') ?? place.region,
    accountId: identifiers.setting('account') ?? place.accountId,
  };
  if (begunFor.region !== place.region || begunFor.accountId !== place.accountId) {
    const { region, accountId } = begunFor;
    throw new Error(
      `${dataDirectory} was begun for --region ${region} --account ${accountId}. For ${place.region} and ${place.accountId} take another directory`,
    );
  }
  transact(() => {
    identifiers.setSetting('region', place.region);
    identifiers.setSetting('account', place.accountId);
  });
}
