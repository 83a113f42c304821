/**
 * Every operation of the six services, with random input and output made from the shapes, through the unmodified JS SDK
 * clients over HTTP, compared in both directions. It protects the codec, and it protects against SDK upgrades.
 *
 * A failure prints the line that repeats it. `WIRE_ROUNDS=20` runs more of them.
 */
import { createRequire } from 'node:module';
import { isDeepStrictEqual, inspect } from 'node:util';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceModel } from '../../src/aws/service-model.ts';
import type { OperationShape } from '../../src/aws/shape.ts';
import type { ServiceName } from '../../src/model/arrival.ts';
import { seededNumbers } from '../../src/stdx/random.ts';
import { EchoServer } from './echo-server.ts';
import { hashOf, SchemaValues } from './schema-values.ts';

const require = createRequire(import.meta.url);
const seed = Number(process.env['WIRE_SEED'] ?? Math.floor(performance.timeOrigin) % 1_000_000);
const rounds = Number(process.env['WIRE_ROUNDS'] ?? 1);
const only = process.env['WIRE_ONLY'];

const clients: Readonly<Record<ServiceName, readonly [string, string]>> = {
  ec2: ['@aws-sdk/client-ec2', 'EC2Client'],
  iam: ['@aws-sdk/client-iam', 'IAMClient'],
  logs: ['@aws-sdk/client-cloudwatch-logs', 'CloudWatchLogsClient'],
  s3: ['@aws-sdk/client-s3', 'S3Client'],
  sagemaker: ['@aws-sdk/client-sagemaker', 'SageMakerClient'],
  sts: ['@aws-sdk/client-sts', 'STSClient'],
};

/** Operations that do not go this way. Closed: an operation is taken out of here or it round-trips. */
const exceptions: Readonly<Record<string, string>> = {
  'ec2.CopySnapshot': 'the client adds a PresignedUrl of its own',
  'logs.GetLogObject': 'answers an event stream',
  'logs.StartLiveTail': 'answers an event stream',
  's3.ListDirectoryBuckets': 'goes to another service (s3express)',
  's3.PutObjectAnnotation': 'the client cannot send it',
  's3.SelectObjectContent': 'answers an event stream',
  's3.WriteGetObjectResponse': 'goes to another service (s3-object-lambda)',
};

/** Members of S3 that the client computes, or that describe a body that is not here. */
const clientsOwn =
  /^(Checksum.*|ContentLength|ContentEncoding|ContentMD5|ContentRange|Expires|ExpiresString|SSECustomerKey.*|CopySourceSSECustomerKey.*)$/;

function prepare(service: ServiceName, operation: OperationShape, values: SchemaValues): { input: any; output: any } {
  const input: Record<string, unknown> = values.structure(operation.input);
  const output: Record<string, unknown> = values.structure(operation.output);
  if (service !== 's3') return { input, output };
  for (const value of [input, output]) for (const name of Object.keys(value)) if (clientsOwn.test(name)) delete value[name];
  if ('Bucket' in input) input['Bucket'] = 'bkt';
  if (operation.input.byName.get('Key')?.traits.httpLabel === 1)
    input['Key'] = values.pick(['a b/c+d', 'k', 'é/日', 'x//y', 'a?b&c=d', '../up', "it's(1)!*"]);
  if ('Body' in input) input['Body'] = 'text';
  // The client takes a reply without a body for an error that came with status 200.
  if (operation.name === 'CopyObject') output['CopyObjectResult'] = { ETag: 'etag' };
  if (operation.name === 'UploadPartCopy') output['CopyPartResult'] = { ETag: 'etag' };
  return { input, output };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !ArrayBuffer.isView(value);

/** Values that differ in form only are made equal: bytes, streams, the SDK's lazy strings, empty structures. */
function plain(value: unknown): unknown {
  if (value instanceof Readable || typeof value === 'function') return '<stream>';
  if (Object.prototype.toString.call(value) === '[object String]') return String(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, plain(item)] as const);
  return Object.fromEntries(
    entries.filter(([name, item]) => name !== '$metadata' && item !== undefined && !(isRecord(item) && Object.keys(item).length === 0)),
  );
}

/** What only one side has for a reason of the client's. */
function withoutClientsOwn(service: ServiceName, operation: OperationShape, got: any, wanted: any): any {
  const kept = Object.entries(got).filter(([name]) => {
    if (name in wanted) return true;
    const isToken = operation.input.byName.get(name)?.traits.idempotencyToken === 1;
    return !(isToken || (service === 's3' && (clientsOwn.test(name) || name === 'ContentType' || name === 'Body')));
  });
  return Object.fromEntries(kept);
}

function difference(wanted: unknown, got: unknown, path = ''): string {
  const names = isRecord(wanted) && isRecord(got) ? [...new Set([...Object.keys(wanted), ...Object.keys(got)])] : [];
  const differing = names.find((name) => !isDeepStrictEqual((wanted as any)[name], (got as any)[name]));
  if (differing !== undefined) return difference((wanted as any)[differing], (got as any)[differing], `${path}.${differing}`);
  return `${path}: wanted ${inspect(wanted, { depth: 3 })}, got ${inspect(got, { depth: 3 })}`;
}

describe.each(Object.keys(clients) as ServiceName[])('%s', (service) => {
  const model = serviceModel(service);
  const [packageName, className] = clients[service];
  const sdk = require(packageName);
  const server = new EchoServer(model);
  let client: any;

  beforeAll(async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const options = { region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1, disableHostPrefix: true };
    client = new sdk[className]({ ...options, endpoint: await server.listen() });
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  async function roundTrip(name: string, round: number): Promise<string | undefined> {
    const operation = model.shapes.operation(name) as OperationShape;
    const { input, output } = prepare(service, operation, new SchemaValues(seededNumbers(seed + round + hashOf(name))));
    server.answer = output;
    server.received = undefined;
    let answered: unknown;
    try {
      answered = await client.send(new sdk[`${name}Command`](input));
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
    if (server.operation !== name) return `taken for ${server.operation}`;
    const isStream = (member: string): boolean => operation.input.byName.get(member)?.traits.streaming === 1;
    const sent = Object.fromEntries(Object.entries(plain(input) as object).filter(([member]) => !isStream(member)));
    const received = withoutClientsOwn(service, operation, plain(server.received), sent);
    if (!isDeepStrictEqual(received, sent)) return `input ${difference(sent, received)}`;
    const wanted: any = plain(output);
    const got = withoutClientsOwn(service, operation, plain(answered), wanted);
    return isDeepStrictEqual(got, wanted) ? undefined : `output ${difference(wanted, got)}`;
  }

  it('reads and writes every operation as the SDK does', { timeout: 60_000 + rounds * 60_000 }, async () => {
    const names = model.shapes.operationNames.filter((name) => !Object.hasOwn(exceptions, `${service}.${name}`));
    const failures: string[] = [];
    for (const name of names.filter((candidate) => only === undefined || only === `${service}.${candidate}`)) {
      for (let round = 0; round < rounds; round += 1) {
        const failure = await roundTrip(name, round);
        if (failure === undefined) continue;
        failures.push(
          `WIRE_SEED=${seed + round} WIRE_ONLY=${service}.${name} npx vitest run --project unit test/wire/roundtrip.test.ts\n  ${failure}`,
        );
        break;
      }
    }
    expect(failures.join('\n')).toBe('');
  });
});

it('names only operations that exist as exceptions', () => {
  const unknown = Object.keys(exceptions).filter((name) => {
    const [service = '', operation = ''] = name.split('.');
    return serviceModel(service as ServiceName).shapes.operation(operation) === undefined;
  });
  expect(unknown).toEqual([]);
});
