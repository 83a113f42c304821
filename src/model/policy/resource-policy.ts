import { parsePolicy, problemText } from './parse.ts';

/** https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html, white space included. */
const endpointPolicyCharactersMax = 20_480;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const bucketPolicyBytesMax = 20 * 1024;

/** What an endpoint has when nobody chose: everything, for everyone. As DescribeVpcEndpoints prints it. */
export const defaultEndpointPolicy = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';

/** Why a document cannot be the policy of a VPC endpoint; undefined when it can. A document of Denials alone is one: it lets nothing pass. */
export function endpointPolicyProblem(document: string): string | undefined {
  if (document.length > endpointPolicyCharactersMax)
    return `The policy document exceeds the maximum length of ${endpointPolicyCharactersMax} characters`;
  const { problem } = parsePolicy(document, 'endpoint');
  return problem === undefined ? undefined : problemText(problem);
}

/** Why a document cannot be the policy of this bucket, in S3's words where it has some; undefined when it can. */
export function bucketPolicyProblem(document: string, bucket: string): string | undefined {
  if (Buffer.byteLength(document) > bucketPolicyBytesMax) return 'Policies must not exceed 20 KB in size';
  if (!document.trimStart().startsWith('{')) return "Policies must be valid JSON and the first byte must be '{'";
  const { policy, problem } = parsePolicy(document, 'resource');
  if (policy === undefined) return problemText(problem);
  const ofBucket = (resource: string): boolean => resource === `arn:aws:s3:::${bucket}` || resource.startsWith(`arn:aws:s3:::${bucket}/`);
  for (const [index, { action, resource }] of policy.statements.entries()) {
    const foreign = action.patterns.find((pattern) => pattern !== '*' && !/^s3:/i.test(pattern));
    if (foreign !== undefined) return `Policy has invalid action: Statement[${index}]: ${foreign}`;
    const stray = resource?.patterns.find((pattern) => !ofBucket(pattern));
    if (stray !== undefined) return `Policy has invalid resource: Statement[${index}]: ${stray}`;
  }
  return undefined;
}
