import { awaitRunningDaemon, readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

/** Shell lines that point every AWS client here. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
export async function env(terminal: Terminal, options: { readonly data: string; readonly wait: boolean }): Promise<void> {
  const daemon = options.wait ? await awaitRunningDaemon(options.data) : readRunningDaemon(options.data);
  terminal.line(`export AWS_ENDPOINT_URL=${daemon.endpoint}`);
  terminal.line(`export AWS_ACCESS_KEY_ID=${daemon.accessKeyId}`);
  terminal.line(`export AWS_SECRET_ACCESS_KEY=${daemon.secretAccessKey}`);
  terminal.line(`export AWS_REGION=${daemon.region} AWS_DEFAULT_REGION=${daemon.region}`);
  // Credentials of another account in the shell would be refused here, with AWS's puzzling words.
  terminal.line('unset AWS_SESSION_TOKEN AWS_PROFILE');
}
