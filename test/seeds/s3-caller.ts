/** Makes S3 calls that are given to it a line each, by the JS SDK, and answers each with a line. Run inside a VPC by `cloister attach`. */
import * as S3 from '@aws-sdk/client-s3';
import { createInterface } from 'node:readline';
import { outcomeOf, type S3Call } from './s3-calls.ts';

const region = process.env['AWS_REGION'] ?? '';
const signed = new S3.S3Client({ region, maxAttempts: 1 });
const anonymous = new S3.S3Client({ region, maxAttempts: 1, signer: { sign: async (request) => await Promise.resolve(request) } });

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line) as S3Call & { readonly signed: boolean };
  process.stdout.write(`${JSON.stringify(await outcomeOf(call.signed ? signed : anonymous, call))}\n`);
}
