import type { Credentials } from '@aws-sdk/client-sts';
import type { IssuedCredentials } from '../../access/access.ts';

export const wireCredentials = ({ accessKeyId, secretAccessKey, sessionToken, expiration }: IssuedCredentials): Credentials => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  SessionToken: sessionToken,
  Expiration: expiration,
});
