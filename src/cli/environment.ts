import { Api } from './api.ts';
import type { RunningDaemon } from './daemon-file.ts';

/** Of the daemon's operator. */
export const accountsPath = '/_cloister/accounts';

/** What the daemon answers about one account. */
export type AccountKey = Pick<RunningDaemon, 'accountId' | 'accessKeyId' | 'secretAccessKey'>;

/** The root user's key of an account, whichever it is. */
export async function rootOfAccount(daemon: RunningDaemon, accountId: string | undefined): Promise<RunningDaemon> {
  if (accountId === undefined || accountId === daemon.accountId) return daemon;
  const account = (await new Api(daemon).operator(`${accountsPath}/${encodeURIComponent(accountId)}`)) as AccountKey;
  return { ...daemon, ...account };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export function environmentLines(daemon: RunningDaemon): readonly string[] {
  return [
    `export AWS_ENDPOINT_URL=${daemon.endpoint}`,
    `export AWS_ACCESS_KEY_ID=${daemon.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${daemon.secretAccessKey}`,
    `export AWS_REGION=${daemon.region} AWS_DEFAULT_REGION=${daemon.region}`,
    // Credentials of another account in the shell would be refused here, with AWS's puzzling words.
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
  ];
}
