import type { DhcpConfigurations } from '../network/dhcp.ts';

const neededKeys = ['domain-name-servers', 'domain-name'];

/**
 * Why a job cannot start in a VPC with these DHCP options: SageMaker looks both up when it sets up the instances. Undefined when
 * it can. AWS's sentence, as users saw it: https://github.com/aws/sagemaker-python-sdk/issues/3955
 */
export function dhcpFailure(dhcpOptionsId: string, configurations: DhcpConfigurations): string | undefined {
  if (neededKeys.every((key) => (configurations[key] ?? []).length > 0)) return undefined;
  const shown = (key: string): string => (configurations[key] === undefined ? '<nil>' : `[${configurations[key].join(' ')}]`);
  return `ClientError: expected DHCP options to include keys domain-name-servers and domain-name, but missing one or more attributes: {DhcpOptionsId:${dhcpOptionsId} DomainNameServers:${shown('domain-name-servers')} DomainNameSearch:${shown('domain-name')}}.Please refer to https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSet.html for more details`;
}
