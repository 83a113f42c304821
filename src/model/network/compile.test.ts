import { expect, it } from 'vitest';
import { ids, sampleWorld } from '../../../test/kernel/network/sample-world.ts';
import { compile } from './compile.ts';
import { printRuleset } from './ruleset-text.ts';

const plan = compile(sampleWorld(), ids.vpc);

it('the ruleset of a VPC', async () => {
  await expect(printRuleset(plan.router.ruleset)).toMatchFileSnapshot('golden/router.nft');
});

it('the rest of its plan', async () => {
  const { router, ...rest } = plan;
  const { ruleset: _ruleset, ...routing } = router;
  await expect(`${JSON.stringify({ ...rest, router: routing }, undefined, 1)}\n`).toMatchFileSnapshot('golden/plan.txt');
});

const targetsOf = (map: string): Record<string, string> =>
  Object.fromEntries(plan.router.ruleset.objects.flatMap((object) => (object.kind === 'map' && object.name === map ? object.elements : [])));

it('links with the same gates share a chain', () => {
  // Two clients in two subnets: the same groups, different route tables.
  const egress = targetsOf('egress.links');
  expect(egress['"e11"']).toBe(egress['"e12"']);
  expect(egress['"e11"']).not.toBe(egress['"e13"']);
  const route = targetsOf('route.links');
  expect(route['"e12"']).toBe(route['"e13"']);
  expect(route['"e11"']).not.toBe(route['"e12"']);
});
