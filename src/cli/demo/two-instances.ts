import { modelOf } from './prepare.ts';
import { expect, type PrivateNetwork, type Story } from './story.ts';
import { modelArchive, train } from './training-job.ts';

/** Two instances that may not connect to each other; the rule that lets them; and the model that they train together. */
export async function twoInstances(story: Story, network: PrivateNetwork, archiveOfOne: Uint8Array): Promise<void> {
  const { terminal, api } = story;
  const { groupId } = network;
  terminal.heading('5. Two instances, and no rule that lets members of their group connect');
  const apart = await train(story, network, { name: 'demo-without-rule', instances: 2 }, [], () => false);
  expect(apart.TrainingJobStatus === 'Failed', `two instances without the rule are refused, not ${apart.TrainingJobStatus}`);
  const reason = apart.FailureReason ?? '';
  terminal.refused(reason);
  expect(/algo-2 → algo-1:7999 tcp, \d+ packets? refused by/u.test(reason) && reason.includes(groupId), 'the packets and the group are named');

  terminal.heading('6. The rule of the guide');
  terminal.command(`aws ec2 authorize-security-group-ingress --group-id ${groupId} --protocol -1 --source-group ${groupId}`);
  await api.query('ec2', 'AuthorizeSecurityGroupIngress', {
    GroupId: groupId,
    'IpPermissions.1.IpProtocol': '-1',
    'IpPermissions.1.Groups.1.GroupId': groupId,
  });
  terminal.done(`${groupId} lets its own members in`);

  terminal.heading('7. The same two instances again');
  const lines: string[] = [];
  const together = await train(story, network, { name: 'demo-with-rule', instances: 2 }, lines, tellsOfInstances);
  expect(
    together.TrainingJobStatus === 'Completed',
    `two instances with the rule complete, not ${together.TrainingJobStatus}: ${together.FailureReason}`,
  );
  expect(lines.join('\n').includes('hosts=2'), 'the trainer tells of two instances');
  const [model, modelOfOne] = [await modelOf(await modelArchive(story, together)), await modelOf(archiveOfOne)];
  expect(model === modelOfOne, 'the model of two instances is that of one');
  terminal.done(`Completed. The model is that of one instance, byte for byte: ${Buffer.byteLength(model)} bytes`);
}

/** Round by round it is as it was on one instance. */
const tellsOfInstances = (line: string): boolean => line.startsWith('[cloister-gbt]');
