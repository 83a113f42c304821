import { expect, it } from 'vitest';
import { ec2Account, type Ec2Name } from '../../../test/services/ec2-context.ts';
import { neverThere } from './operations/never-there.ts';
import { refusedOperations } from './operations/refused.ts';

const call = (account: ReturnType<typeof ec2Account>, name: Ec2Name, input: object) => account.call(name, input);

it.each(Object.keys(neverThere) as (keyof typeof neverThere)[])('answers %s with nothing', (name) => {
  const answer: object = call(ec2Account(), name, {});
  expect(Object.values(answer)).toEqual([[]]);
});

it.each([
  ['DescribeInstances', { InstanceIds: ['i-1'] }, 'InvalidInstanceID.NotFound', "The instance ID 'i-1' does not exist"],
  ['DescribeVolumes', { VolumeIds: ['vol-1'] }, 'InvalidVolume.NotFound', "The volume 'vol-1' does not exist."],
  ['DescribeKeyPairs', { KeyNames: ['mine'] }, 'InvalidKeyPair.NotFound', "The key pair 'mine' does not exist"],
  ['DescribeImages', { ImageIds: ['ami-1'] }, 'InvalidAMIID.NotFound', "The image id '[ami-1]' does not exist"],
  [
    'DescribeVpcPeeringConnections',
    { VpcPeeringConnectionIds: ['pcx-1'] },
    'InvalidVpcPeeringConnectionID.NotFound',
    "The vpcPeeringConnection ID 'pcx-1' does not exist",
  ],
  [
    'DescribeTransitGateways',
    { TransitGatewayIds: ['tgw-1'] },
    'InvalidTransitGatewayID.NotFound',
    'Transit Gateway tgw-1 was deleted or does not exist.',
  ],
  ['DescribeVpnGateways', { VpnGatewayIds: ['vgw-1'] }, 'InvalidVpnGatewayID.NotFound', "The vpnGateway ID 'vgw-1' does not exist"],
] as const)('tells whoever asks %s for an id that it does not exist', (name, input, code, message) => {
  expect(ec2Account().refusal(name, input as never)).toMatchObject({ code, message });
});

it.each(Object.keys(refusedOperations) as (keyof typeof refusedOperations)[])('refuses %s by name, with the reason', (name) => {
  const { code, message } = ec2Account().refusal(name, {});
  expect(code).toBe('UnsupportedOperation');
  expect(message).toMatch(new RegExp(`^The operation ${name} is not supported: .+\\.$`, 'u'));
});
