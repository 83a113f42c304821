import { expect, it } from 'vitest';
import { Store } from '../store/store.ts';
import { keepPlace } from './begun-for.ts';

const place = { region: 'us-east-1', accountId: '000000000000' };

it('keeps the region and the account that a data directory was begun for, also after a reset', () => {
  const store = new Store(':memory:');
  keepPlace(store, '/data', place);
  keepPlace(store, '/data', place);
  store.forget();
  const why = '/data was begun for --region us-east-1 --account 000000000000.';
  expect(() => keepPlace(store, '/data', { ...place, region: 'eu-west-1' })).toThrow(why);
  expect(() => keepPlace(store, '/data', { ...place, accountId: '111111111111' })).toThrow(why);
  keepPlace(store, '/data', place);
  store.close();
});
