import { expect, it } from 'vitest';
import { parseRegistries, registryHostOf, registryOf } from './registries.ts';

it('reads hosts, and plain HTTP only where it is said', () => {
  expect(parseRegistries(['registry.example', 'https://registry.example:5000', 'http://127.0.0.1:5000', 'localhost'])).toEqual([
    { host: 'registry.example', isPlain: false },
    { host: 'registry.example:5000', isPlain: false },
    { host: '127.0.0.1:5000', isPlain: true },
    { host: 'localhost', isPlain: false },
  ]);
});

it.each([
  [[''], /takes HOST\[:PORT\]/u],
  [['registry'], /not registry$/u],
  [['registry.example/team'], /not registry\.example\/team/u],
  [['user:secret@registry.example'], /takes HOST/u],
  [['*.example'], /takes HOST/u],
  [['--tls-verify=false'], /takes HOST/u],
  [['a.example', 'http://a.example'], /a\.example twice/u],
])('refuses %j', (texts, words) => {
  expect(() => parseRegistries(texts)).toThrow(words);
});

it.each([
  ['registry.example/mine', 'registry.example'],
  ['registry.example:5000/team/mine:1.0', 'registry.example:5000'],
  [`localhost/mine@sha256:${'0a'.repeat(32)}`, 'localhost'],
  ['cloister/python', undefined],
  ['mine:1', undefined],
  ['team/registry.example/mine', undefined],
  ['registry.example/', undefined],
  ['registry.example/Mine', undefined],
  ['registry.example/mine --tls-verify=false', undefined],
  ['-registry.example/mine', undefined],
  ['docker://registry.example/mine', undefined],
])('takes %s to come from %s', (image, host) => {
  expect(registryHostOf(image)).toBe(host);
});

it('allows no other port, no other host, and nothing below one', () => {
  const registries = parseRegistries(['registry.example:5000']);
  expect(registryOf('registry.example:5000/mine', registries)).toEqual({ host: 'registry.example:5000', isPlain: false });
  for (const image of ['registry.example/mine', 'registry.example:5001/mine', 'evil.registry.example:5000/mine', 'mine']) {
    expect(registryOf(image, registries)).toBeUndefined();
  }
});
