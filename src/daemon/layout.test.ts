import { expect, it } from 'vitest';
import { layout } from './layout.ts';

const podmanRunRootCharactersMax = 50;

it('gives containers a place to run that podman takes, however long the data directory is', () => {
  const folders = ['/var/lib/cloister', `/home/${'long'.repeat(40)}/.cloister`, '/tmp/a', '/tmp/b'];
  const places = folders.map((folder) => layout(folder).containersRun);
  expect(places.filter((place) => place.length > podmanRunRootCharactersMax)).toEqual([]);
  expect(new Set(places).size).toBe(folders.length);
});
