import type { Reply } from '../aws/message.ts';
import type { BareHead } from './listener.ts';

/** Credentials of a job's execution role, for the one namespace that asked. Never logged. */
export interface JobCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly roleArn: string;
}

/** Undefined: this interface has no credentials under that id. */
export type FindJobCredentials = (networkInterfaceId: string, credentialsId: string) => Promise<JobCredentials | undefined>;

export const credentialsPath = '/v2/credentials/';

/**
 * Answers a container that asks for its role's credentials at 169.254.170.2, as every SDK does when
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set. The socket lives in the namespace of one network interface, so nobody
 * else can ask it; the id in the path is the one that the job's environment holds.
 */
export async function answerJobCredentials(
  head: Pick<BareHead, 'method' | 'target'>,
  networkInterfaceId: string,
  find: FindJobCredentials,
): Promise<Reply> {
  if (head.method !== 'GET') return failure(405, 'MethodNotAllowed', 'Only GET is answered here');
  const credentialsId = head.target.startsWith(credentialsPath) ? head.target.slice(credentialsPath.length) : '';
  if (!/^[A-Za-z0-9-]{16,128}$/.test(credentialsId)) return failure(400, 'InvalidIdInRequest', 'CredentialsV2Request: No ID in the request');
  const found = await find(networkInterfaceId, credentialsId);
  if (found === undefined) return failure(400, 'InvalidIdInRequest', 'CredentialsV2Request: ID not found');
  return json(200, {
    RoleArn: found.roleArn,
    AccessKeyId: found.accessKeyId,
    SecretAccessKey: found.secretAccessKey,
    Token: found.sessionToken,
    Expiration: found.expiration.toISOString().replace(/\.\d{3}Z$/, 'Z'),
  });
}

/** The shape of the container agent's errors. */
const failure = (status: number, code: string, message: string): Reply => json(status, { code, message, HTTPErrorCode: status });

const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: new TextEncoder().encode(JSON.stringify(value)),
});
