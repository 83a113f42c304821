import { expect, it } from 'vitest';
import { Collection, collectionsMigration, type CollectionShape } from './collection.ts';
import { Database } from './database.ts';

interface Lamp {
  readonly lampId: string;
  readonly room: string;
  readonly colour: string;
}
const shape: CollectionShape<Lamp> = { name: 'lamps', key: 'lampId', indexes: ['room'] };

it('lists, counts and picks from the rows whose indexed members match, in order of their keys', () => {
  const lamps = new Collection(new Database(':memory:', [collectionsMigration('lamps-0001', [shape])]), shape);
  lamps.insert({ lampId: 'b', room: 'hall', colour: 'red' });
  lamps.insert({ lampId: 'a', room: 'hall', colour: 'green' });
  lamps.insert({ lampId: 'c', room: 'attic', colour: 'blue' });
  expect(lamps.list({ room: 'hall' }).map(({ lampId }) => lampId)).toEqual(['a', 'b']);
  expect(lamps.texts('colour', { room: 'hall' })).toEqual(['green', 'red']);
  expect(lamps.texts('colour')).toEqual(['green', 'red', 'blue']);
  expect(lamps.count({ room: 'hall' })).toBe(2);
  expect(lamps.count()).toBe(3);
  expect(() => lamps.count({ colour: 'red' })).toThrow('lamps is searched by an index, not by colour');
});
