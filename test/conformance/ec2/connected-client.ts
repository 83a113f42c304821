import { Readable } from 'node:stream';
import { EC2Client } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../src/aws/aws-error.ts';
import { parseForm } from '../../../src/aws/query.ts';
import { readRpc, writeError, writeRpc, type EncodedReply } from '../../../src/aws/rpc.ts';
import { serviceModel } from '../../../src/aws/service-model.ts';
import { validate } from '../../../src/aws/validate.ts';
import { ec2Account, type Ec2Name } from '../../services/ec2-context.ts';

const model = serviceModel('ec2');

/** A client whose requests are answered here, with no socket between. */
export function connectedClient() {
  const account = ec2Account();
  const answer = (body: string): EncodedReply => {
    const form = parseForm(body);
    const name = new URLSearchParams(body).get('Action') ?? '';
    const operation = model.shapes.operation(name);
    if (operation === undefined) throw new Error(`EC2 has no ${name}`);
    try {
      const input = readRpc(model, operation, { form });
      validate(model, operation, input);
      return writeRpc(model, operation, account.call(name as Ec2Name, input), 'request-1');
    } catch (error) {
      if (error instanceof AwsError) return writeError(error, { model, requestId: 'request-1' });
      throw error;
    }
  };
  const client = new EC2Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      async handle(request: { readonly body: string }) {
        const { status, headers, body } = answer(request.body);
        return { response: { statusCode: status, headers: { ...headers }, body: Readable.from([Buffer.from(body)]) } } as never;
      },
    },
  });
  return { client, ...account };
}
