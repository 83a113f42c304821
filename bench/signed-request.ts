import type { Key } from '../test/wire/sdk-signer.ts';
import { region } from '../test/kernel/daemon/lab.ts';
import { sdkSign } from '../test/wire/sdk-signer.ts';

/** The bytes of a call, signed by the SDK's signer. It can be sent again for a quarter of an hour. */
export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const calls = {
  DescribeVpcs: {
    service: 'ec2',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=DescribeVpcs&Version=2016-11-15',
  },
  DescribeTrainingJob: {
    service: 'sagemaker',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'SageMaker.DescribeTrainingJob' },
    body: '{"TrainingJobName":"described"}',
  },
} as const;

export async function signedRequest(
  { endpoint, rootKey }: { readonly endpoint: URL; readonly rootKey: Key },
  name: keyof typeof calls,
): Promise<SignedRequest> {
  const { service, headers, body } = calls[name];
  const signed = await sdkSign(service, region, rootKey, { method: 'POST', path: '/', headers: { host: endpoint.host, ...headers }, body });
  return { url: `${endpoint.origin}/`, headers: signed, body };
}
