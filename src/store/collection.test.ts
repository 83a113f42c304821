import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collection, collectionsMigration, type CollectionShape } from './collection.ts';
import { Database } from './database.ts';

interface Lamp {
  readonly lampId: string;
  readonly room: string;
  readonly colour: string;
}
const shape: CollectionShape<Lamp> = { name: 'lamps', key: 'lampId', indexes: ['room'] };

class TakenBack extends Error {}

const collectionOf = (kept: boolean) => {
  const own: CollectionShape<Lamp> = kept ? { ...shape, kept } : shape;
  const database = new Database(':memory:', [collectionsMigration('lamps-0001', [own])]);
  return { database, lamps: new Collection(database, own) };
};

describe.each([false, true])('rows, kept in memory: %s', (kept) => {
  it('lists, counts and picks from the rows whose indexed members match, in order of their keys', () => {
    const { lamps } = collectionOf(kept);
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

  it('forgets what a transaction wrote that was taken back', () => {
    const { database, lamps } = collectionOf(kept);
    lamps.insert({ lampId: 'a', room: 'hall', colour: 'green' });
    expect(() =>
      database.transact(() => {
        lamps.insert({ lampId: 'b', room: 'hall', colour: 'red' });
        lamps.update('a', { room: 'attic' });
        expect(lamps.list({ room: 'hall' }).map(({ lampId }) => lampId)).toEqual(['b']);
        throw new Error('taken back');
      }),
    ).toThrow('taken back');
    expect(lamps.list()).toEqual([{ lampId: 'a', room: 'hall', colour: 'green' }]);
    expect(lamps.list({ room: 'attic' })).toEqual([]);
  });
});

it('keeps in memory what the table says (random)', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.record({ verb: fc.constantFrom('put', 'delete', 'undo'), lampId: names, room: names, colour: names });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { database, lamps } = collectionOf(true);
      const table = new Collection(database, shape);
      const apply = ({ verb, ...lamp }: (typeof steps)[number]): void => {
        if (verb === 'delete') lamps.delete(lamp.lampId);
        else if (table.find(lamp.lampId) === undefined) lamps.insert(lamp);
        else lamps.update(lamp.lampId, lamp);
      };
      for (const one of steps) {
        const run = () =>
          database.transact(() => {
            apply(one);
            if (one.verb === 'undo') throw new TakenBack();
          });
        try {
          run();
        } catch (error) {
          if (!(error instanceof TakenBack)) throw error;
        }
        expect(lamps.list()).toEqual(table.list());
        expect(lamps.list({ room: one.room })).toEqual(table.list({ room: one.room }));
        expect(lamps.count({ room: one.room })).toBe(table.count({ room: one.room }));
        expect(lamps.find(one.lampId)).toEqual(table.find(one.lampId));
      }
    }),
  );
});

it('lets nobody change a row that others read', () => {
  const { lamps } = collectionOf(true);
  lamps.insert({ lampId: 'a', room: 'hall', colour: 'green' });
  const row = lamps.get('a') as { colour: string };
  expect(() => (row.colour = 'red')).toThrow(TypeError);
});
