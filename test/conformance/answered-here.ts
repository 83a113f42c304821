import { Readable } from 'node:stream';
import { AwsError } from '../../src/aws/aws-error.ts';
import { parseForm } from '../../src/aws/query.ts';
import { readRpc, writeError, writeRpc, type EncodedReply } from '../../src/aws/rpc.ts';
import { serviceModel } from '../../src/aws/service-model.ts';
import { validate } from '../../src/aws/validate.ts';
import type { ServiceName } from '../../src/model/arrival.ts';

/** What a client is made with whose requests are answered here, with no socket between. */
export function answeredHere(service: ServiceName, call: (name: string, input: object) => object) {
  const model = serviceModel(service);
  const answer = (body: string): EncodedReply => {
    const name = new URLSearchParams(body).get('Action') ?? '';
    const operation = model.shapes.operation(name);
    if (operation === undefined) throw new Error(`${service} has no ${name}`);
    try {
      const input = readRpc(model, operation, { form: parseForm(body) });
      validate(model, operation, input);
      return writeRpc(model, operation, call(name, input), 'request-1');
    } catch (error) {
      if (error instanceof AwsError) return writeError(error, { model, requestId: 'request-1' });
      throw error;
    }
  };
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      async handle(request: { readonly body: string }) {
        const { status, headers, body } = answer(request.body);
        return { response: { statusCode: status, headers: { ...headers }, body: Readable.from([Buffer.from(body)]) } } as never;
      },
    },
  };
}
