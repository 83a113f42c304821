import { afterAll, beforeAll, expect, it } from 'vitest';
import { addresses, ids, numbers, sampleWorld } from './sample-world.ts';
import { Lab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.apply(sampleWorld(), ids.vpc, ids.otherVpc);
  await lab.listen({ kind: 'gateway-endpoint', number: numbers.endpoint }, 80, 443, 22);
});
afterAll(async () => lab.close());

it('S3 is reached through the endpoint', async () => {
  const { result, rose } = await lab.counted(numbers.vpc, () => lab.connect(numbers.b, addresses.s3, 443));
  expect(rose).toEqual([]);
  expect(result).toBe('connected');
});
