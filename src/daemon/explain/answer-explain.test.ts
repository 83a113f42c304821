import { expect, it } from 'vitest';
import { allowing } from '../../../test/fixtures/iam-world.ts';
import { compilationWorld } from '../../../test/fixtures/training-world.ts';
import type { RefusalRecord } from '../../gateway/records.ts';
import { compilationEc2Actions } from '../../model/job/needs.ts';
import { answerExplain } from './answer-explain.ts';

const lacking = 'ec2:ModifyNetworkInterfaceAttribute';
const requestId = '11111111-2222-3333-4444-555555555555';

/** What a compilation job was refused for its role, as the daemon keeps it. */
async function refusedJob(): Promise<readonly RefusalRecord[]> {
  const world = compilationWorld({}, {}, allowing([...compilationEc2Actions.filter((action) => action !== lacking), 's3:*', 'logs:*']));
  const records: RefusalRecord[] = [];
  Object.assign(world.services, {
    recordRefusal: ((job, asked, decision) => {
      const refused = world.services.access.caseOf(asked);
      records.push({ time: asked.now.toISOString(), requestId, service: 'sagemaker', operation: job, refused, decision });
    }) satisfies typeof world.services.recordRefusal,
  });
  await world.run();
  return records;
}

it('tells which action the role of a compilation job lacks, for which job, and the statement that would allow it', async () => {
  const records = await refusedJob();
  const kept = { find: (id: string) => Promise.resolve(id === requestId ? records : []), newest: () => Promise.resolve(records) };
  expect(await answerExplain('/_cloister/refusals', kept)).toMatchObject({
    status: 200,
    value: { refusals: [{ service: 'sagemaker', operation: 'compilation job job', action: lacking, resource: '*' }] },
  });
  const { value } = (await answerExplain(`/_cloister/refusals/${requestId}`, kept)) as { value: { refusals: readonly [{ change: unknown }] } };
  expect(value.refusals).toMatchObject([{ operation: 'compilation job job', arrived: 'by Cloister itself as sagemaker.amazonaws.com' }]);
  expect(JSON.stringify(value.refusals[0].change)).toContain(lacking);
});

it('says that a refusal is not kept, and answers nothing at another path', async () => {
  const none = { find: () => Promise.resolve([]), newest: () => Promise.resolve([]) };
  expect(await answerExplain(`/_cloister/refusals/${requestId}`, none)).toMatchObject({ status: 404 });
  expect(await answerExplain('/_cloister/refusals/', none)).toBeUndefined();
});
