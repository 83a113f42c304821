import { expect, it } from 'vitest';
import { ids, sampleWorld } from '../../../test/kernel/network/sample-world.ts';
import { compile } from './compile.ts';

const plan = compile(sampleWorld(), ids.vpc);

it('the ruleset of a VPC', async () => {
  await expect(plan.router.ruleset.text).toMatchFileSnapshot('golden/router.nft');
});

it('the rest of its plan', async () => {
  const { router, ...rest } = plan;
  const { text: _text, ...ruleset } = router.ruleset;
  await expect(`${JSON.stringify({ ...rest, router: { ...router, ruleset } }, undefined, 1)}\n`).toMatchFileSnapshot('golden/plan.txt');
});

it('links with the same gates share a chain', () => {
  const { text } = plan.router.ruleset;
  // Two clients in two subnets: the same groups, different route tables.
  expect(text).toContain('"e11" : goto egress.e11, "e12" : goto egress.e11, "e13" : goto egress.e13');
  expect(text).toContain('"e11" : goto route.e11, "e12" : goto route.e12, "e13" : goto route.e12');
});
