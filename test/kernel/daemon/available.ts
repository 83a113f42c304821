import * as Ec2 from '@aws-sdk/client-ec2';
import { sleep } from '../../../src/stdx/deadline.ts';

/** As AWS's clients wait for it: the endpoint says itself when the kernel holds it. */
export async function available(ec2: Ec2.EC2Client, VpcEndpointId: string): Promise<Ec2.VpcEndpoint> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { VpcEndpoints } = await ec2.send(new Ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] }));
    const [endpoint] = VpcEndpoints ?? [];
    if (endpoint?.State === ('available' as Ec2.State)) return endpoint;
    await sleep(100);
  }
  throw new Error(`${VpcEndpointId} is not available`);
}

/** Asks again until something holds of the answer: a daemon that has just started opens its sockets one VPC after the other. */
export async function until<T>(ask: () => Promise<T>, test: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (let tries = 0; tries < 20 && !test(answer); tries += 1) {
    await sleep(200);
    answer = await ask();
  }
  return answer;
}
