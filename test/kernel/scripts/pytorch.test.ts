import { expect, it } from 'vitest';
import { ScriptLab, scriptMs } from './script-lab.ts';

/** A script for PyTorch on two instances, which talk over gloo as far as their group lets them. The tests go in order. */

const scripts = ScriptLab.ofFile('cloister/pytorch');

const run = async (name: string, hyperparameters: Readonly<Record<string, string>>) => {
  const { lab, network } = scripts();
  return await lab.counted(network.vpcId, async () => await scripts().run({ name, script: 'ranks.py', instances: 2, hyperparameters }));
};

it(
  'fails where members of the group may not connect, and says so',
  async () => {
    const { lab, network } = scripts();
    // A gate counts while an interface needs it. This one stays when those of the job go.
    await lab.makeInterface(network);
    const { result, rose } = await run('apart', { wait: '5' });
    expect(result.TrainingJobStatus).toBe('Failed');
    expect(result.FailureReason).toContain('algo-2 → algo-1:23456 tcp');
    expect(result.FailureReason).toContain(`refused by ${network.groupId} (no ingress rule that allows tcp 23456 from 10.0.0.`);
    expect(rose).toEqual([`ingress.${network.groupId}`]);
  },
  scriptMs,
);

it(
  'learns one model on both, each from its own half of the rows',
  async () => {
    await scripts().lab.allowMembers(scripts().network);
    const { result, rose } = await run('together', {});
    expect([result.TrainingJobStatus, result.FailureReason, rose]).toEqual(['Completed', undefined, []]);
    const [first, second] = await Promise.all(
      ['algo-1', 'algo-2'].map(async (host) => JSON.parse(await scripts().fileOf('together', 'model', `${host}.json`))),
    );
    expect([first.rows, second.rows]).toEqual([228, 227]);
    // 1 + 4, which neither of them knows by itself.
    expect(first).toMatchObject({ count: 455, squares: 5 });
    expect(first.accuracy).toBeGreaterThan(0.94);
    expect({ ...second, rows: first.rows }).toEqual(first);
    expect((await scripts().fileOf('together', 'model', 'weights.pt')).length).toBeGreaterThan(0);
  },
  scriptMs,
);
