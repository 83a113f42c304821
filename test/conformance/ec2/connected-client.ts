import { EC2Client } from '@aws-sdk/client-ec2';
import { ec2Account, type Ec2Name } from '../../services/ec2-context.ts';
import { answeredHere } from '../answered-here.ts';

/** A client of an account in memory. */
export function connectedClient() {
  const account = ec2Account();
  const client = new EC2Client(answeredHere('ec2', (name, input) => account.call(name as Ec2Name, input)));
  return { client, ...account };
}
