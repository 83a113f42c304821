import { describe, expect, it } from 'vitest';
import { nothing, trainingWorld } from '../fixtures/training-world.ts';
import { atEveryMoment } from './saga-moments.ts';
import { trace } from '../../src/model/network/trace.ts';
import { readWorld } from '../../src/store/world.ts';
import { present } from '../../src/stdx/assert.ts';

const moments = await atEveryMoment(trainingWorld, {
  completed: 'Completed',
  others: ['Failed', 'Stopped'],
  momentsMin: 50,
  isWhole: (world) => world.row().transitions.at(-1)?.endTime !== undefined,
});

it('goes through the statuses of AWS', async () => {
  const world = trainingWorld();
  await world.run();
  expect(world.row().secondaryStatus).toBe('Completed');
  expect(world.row().transitions.map(({ status }) => status)).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
});

it('keeps no secret in its journal', async () => {
  for (const moment of [...moments.keys()].filter((index) => index % 7 === 0)) {
    const world = trainingWorld({ [moment]: 'crash' });
    await world.daemon();
    const journal = JSON.stringify([...world.store.sagemaker.journal('job').values()]);
    for (const { secretAccessKey } of world.store.iam.sessions.list()) expect(journal).not.toContain(secretAccessKey);
    expect(journal).not.toContain(world.row().credentialsId);
  }
});

it('starts no container when one of them cannot be made', async () => {
  const world = trainingWorld({ [moments.lastIndexOf('before create')]: 'fail' });
  await world.run();
  expect(world.row().status).toBe('Failed');
  expect(world.faults.moments).not.toContain('before start');
});

it('kills the containers that started at once when one of them cannot be started', async () => {
  const world = trainingWorld({ [moments.lastIndexOf('before start')]: 'fail' });
  await world.run();
  expect(world.row()).toMatchObject({ status: 'Failed', secondaryStatus: 'Failed' });
  expect(world.row().transitions.map(({ status }) => status)).not.toContain('Training');
  const after = world.faults.moments.slice(moments.lastIndexOf('before start') + 1);
  expect(after.slice(0, after.indexOf('before remove'))).toContain('after stop');
  expect(world.held()).toEqual(nothing);
});

it('says which instance failed first, not which was ended because of it', async () => {
  const world = trainingWorld();
  world.containers.exitCodeOf = (name) => (name.endsWith('algo-2') ? 3 : undefined);
  await world.run();
  expect(world.row()).toMatchObject({
    status: 'Failed',
    failureReason: 'AlgorithmError: , exit code: 3. It was algo-2 of 2 instances; the others were ended.',
  });
});

it('that was stopped is stopped, also when its daemon was killed before the upload', async () => {
  const [stopAt, killAt] = [moments.indexOf('before wait'), moments.indexOf('after order upload')];
  for (const planned of [{ [stopAt]: 'stop' }, { [stopAt]: 'stop', [killAt + 4]: 'crash' }, { [stopAt]: 'stop', [killAt + 6]: 'crash' }] as const) {
    const world = trainingWorld(planned);
    world.containers.exitCodeOf = () => undefined;
    await world.run();
    expect([planned, world.row().status, world.row().secondaryStatus]).toEqual([planned, 'Stopped', 'Stopped']);
  }
});

it('fails with the reason when its network does not come, and gives back its addresses', async () => {
  const world = trainingWorld();
  const refused = (): Promise<void> => (world.held().interfaces === 4 ? Promise.reject(new Error('nft: no such table')) : Promise.resolve());
  Object.assign(world.services, { networkApplied: refused });
  await world.run();
  expect(world.row().failureReason).toMatch(
    /^InternalServerError: We encountered an internal error\. {2}Please try again\. The network of vpc-\S+ .* nft: no such table$/u,
  );
  expect(world.held()).toEqual(nothing);
});

it('takes no interface for its own by a description that anybody may write', async () => {
  const world = trainingWorld();
  const { subnetId, vpcId } = world.store.ec2.subnets.list()[1] ?? { subnetId: '', vpcId: '' };
  const [stranger] = world.store.ec2.networkInterfaces.list({ vpcId });
  if (stranger === undefined) throw new Error('there is an interface');
  const description = '[DO NOT DELETE] Network interface of SageMaker training job job: algo-1 algorithm';
  world.store.ec2.networkInterfaces.update(stranger.networkInterfaceId, { description, subnetId });
  await world.run();
  expect(world.row().status).toBe('Completed');
  expect(world.store.ec2.networkInterfaces.find(stranger.networkInterfaceId)?.attachment).toBeUndefined();
});

describe('a job that encrypts', () => {
  const encrypting = { EnableInterContainerTrafficEncryption: true };
  const ended = async (world: ReturnType<typeof trainingWorld>) => {
    await world.run();
    expect(world.held()).toEqual(nothing);
    const { status, failureReason } = world.row();
    return [status, failureReason];
  };

  it('has its tunnel before its containers, and interfaces that pass nothing else', async () => {
    const world = trainingWorld({}, encrypting);
    const ends = new Map<string, string>();
    const open = world.tunnels.open.bind(world.tunnels);
    world.tunnels.open = async (opened) => {
      expect(world.containers.held.size).toBe(0);
      for (const { address, directory } of opened) ends.set(address, directory);
      const network = readWorld(world.store, 'us-east-1');
      const [from, to] = [...ends.keys()].map((address) => network.networkInterfaces.find((row) => row.privateIpAddress === address));
      const question = {
        from: present(from, 'one').networkInterfaceId,
        to: present(to, 'other').privateIpAddress,
        protocol: 'tcp',
        port: 7999,
      } as const;
      expect(trace(network, question).decidedBy.gate).toBe('tunnel');
      await open(opened);
    };
    expect(await ended(world)).toEqual(['Completed', undefined]);
    expect([...ends.values()].toSorted()).toEqual(['/instances/job.algo-1', '/instances/job.algo-2']);
  });

  it.each(['fail', 'crash', 'stop'] as const)('gives everything back whenever it meets: %s', async (kind) => {
    const first = trainingWorld({}, encrypting);
    await first.run();
    const planned = [...first.faults.moments.entries()].filter(([, name]) => name.endsWith('tunnel'));
    expect(planned).toHaveLength(8);
    for (const [moment] of planned) {
      const [status] = await ended(trainingWorld({ [moment]: kind }, encrypting));
      expect(kind === 'crash' ? ['Completed'] : ['Completed', 'Failed', 'Stopped']).toContain(status);
    }
  });

  it('is refused where the machine has no tunnels', async () => {
    const world = trainingWorld({}, encrypting);
    world.tunnels.refusal = { detail: 'there is no /usr/bin/wg', fix: 'Install wireguard-tools.' };
    expect(await ended(world)).toEqual([
      'Failed',
      'ClientError: Traffic between the instances of the job cannot be encrypted. there is no /usr/bin/wg. Install wireguard-tools.',
    ]);
    expect(world.faults.moments).not.toContain('before create');
  });

  it('fails by the rule that its groups lack', async () => {
    const world = trainingWorld({}, encrypting);
    world.store.transact(() => {
      for (const { groupId, rules } of world.store.ec2.securityGroups.list()) {
        world.store.ec2.securityGroups.update(groupId, { rules: rules.filter(({ direction }) => direction === 'egress') });
      }
    });
    const [status, reason] = await ended(world);
    expect(status).toBe('Failed');
    expect(reason).toMatch(
      /^ClientError: Traffic between the instances of the job cannot be encrypted\. Could not reach algo-2:500 from subnet-\w+: security group sg-\w+ has no ingress rule that allows udp 500 from .*\. Add an ingress rule for udp 500 from sg-\w+ to sg-\w+\.$/u,
    );
  });

  it('fails when an end of its tunnel is lost, and its containers are ended', async () => {
    const world = trainingWorld({}, encrypting);
    const open = world.tunnels.open.bind(world.tunnels);
    world.tunnels.open = async (ends) => {
      await open(ends);
      world.tunnels.lost.add('/instances/job.algo-2');
    };
    world.containers.exitCodeOf = () => undefined;
    expect(await ended(world)).toEqual([
      'Failed',
      'InternalServerError: We encountered an internal error.  Please try again. What encrypts the traffic of algo-2 ended before the job; nothing was sent unencrypted.',
    ]);
  });

  it('of one instance has no tunnel', async () => {
    const ResourceConfig = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } as const;
    const world = trainingWorld({}, { ...encrypting, ResourceConfig });
    expect(await ended(world)).toEqual(['Completed', undefined]);
    expect(world.faults.moments).not.toContain('before open tunnel');
  });
});
