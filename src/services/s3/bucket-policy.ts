import { bucketArn } from './demand.ts';
import { s3Errors } from './errors.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
export const bucketPolicyBytesMax = 20 * 1024;

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

function parseDocument(text: string): Members {
  try {
    const document: unknown = JSON.parse(text);
    if (isMembers(document)) return document;
  } catch {
    // Told below.
  }
  throw s3Errors.malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
}

/**
 * Refuses a bucket policy that cannot be read or that speaks of anything but this bucket. The document's grammar is
 * checked only as far as the bucket is concerned: effect, principal, action and resource of each statement.
 */
export function checkBucketPolicy(text: string, bucketName: string): void {
  if (Buffer.byteLength(text) > bucketPolicyBytesMax) {
    throw s3Errors.malformedPolicy(`Normalized policy document exceeds the maximum allowed size of ${bucketPolicyBytesMax} bytes.`);
  }
  const { Version, Statement } = parseDocument(text);
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    throw s3Errors.malformedPolicy('The policy must contain a valid version string');
  }
  const statements = listOf(Statement);
  if (statements.length === 0) throw s3Errors.malformedPolicy('Missing required field Statement');
  for (const statement of statements) checkStatement(statement, bucketName);
}

function checkStatement(statement: unknown, bucketName: string): void {
  if (!isMembers(statement)) throw s3Errors.malformedPolicy('Could not parse the policy: Statement is not an object');
  const { Effect } = statement;
  if (Effect === undefined) throw s3Errors.malformedPolicy('Missing required field Effect');
  if (Effect !== 'Allow' && Effect !== 'Deny') throw s3Errors.malformedPolicy(`Invalid effect: ${JSON.stringify(Effect)}`);
  if (exactlyOne(statement, 'Principal', 'NotPrincipal') === undefined) throw s3Errors.malformedPolicy('Missing required field Principal');
  const actions = listOf(exactlyOne(statement, 'Action', 'NotAction'));
  if (actions.length === 0) throw s3Errors.malformedPolicy('Missing required field Action');
  if (!actions.every((action) => typeof action === 'string' && /^(\*|s3:[\w*?]+)$/i.test(action))) {
    throw s3Errors.malformedPolicy('Policy has invalid action');
  }
  const resources = listOf(exactlyOne(statement, 'Resource', 'NotResource'));
  if (resources.length === 0) throw s3Errors.malformedPolicy('Missing required field Resource');
  if (!resources.every((resource) => typeof resource === 'string' && isWithin(resource, bucketName))) {
    throw s3Errors.malformedPolicy('Policy has invalid resource');
  }
}

function exactlyOne(statement: Members, name: string, other: string): unknown {
  if (statement[name] !== undefined && statement[other] !== undefined) {
    throw s3Errors.malformedPolicy(`Policy statement has both ${name} and ${other}`);
  }
  return statement[name] ?? statement[other];
}

const isWithin = (resource: string, bucketName: string): boolean =>
  resource === bucketArn(bucketName) || resource.startsWith(`${bucketArn(bucketName)}/`);
