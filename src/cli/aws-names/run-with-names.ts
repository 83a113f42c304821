import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInside } from '../../drivers/process/run-inside.ts';
import type { RunningDaemon } from '../daemon-file.ts';
import { resolvConfWith } from './answer.ts';
import { openDoor } from './door.ts';
import { trustedWith, trustVariables } from './trust.ts';

/**
 * Runs a command for which the names of AWS are this daemon, by HTTPS as on AWS. It has a `resolv.conf` of its own, in mounts of
 * its own; the machine is not changed. Returns the command's exit code.
 */
export async function runWithNames(daemon: RunningDaemon, argv: readonly [string, ...string[]]): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('env --dns -- COMMAND makes mounts and takes ports, which only root may. Run it with sudo');
  const door = await openDoor(new URL(daemon.endpoint));
  const directory = mkdtempSync(join(tmpdir(), 'cloister-names-'));
  try {
    const bundle = join(directory, 'authorities.pem');
    writeFileSync(bundle, trustedWith(daemon.certificateAuthority));
    const resolvConf = resolvConfWith(door.address, readFileSync('/etc/resolv.conf', 'utf8'));
    return await runInside({ resolvConf, argv, environment: { ...environmentOf(daemon), ...trustVariables(daemon.certificateAuthority, bundle) } });
  } finally {
    rmSync(directory, { recursive: true });
    await door.close();
  }
}

/** No endpoint is set: what a client calls when nobody tells it anything is what is to be found here. */
function environmentOf({ accessKeyId, secretAccessKey, region }: RunningDaemon): Readonly<Record<string, string | undefined>> {
  const { AWS_SESSION_TOKEN: _token, AWS_PROFILE: _profile, ...environment } = withoutEndpoints(process.env);
  return {
    ...environment,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html: one for all, and one for each service. */
function withoutEndpoints(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_ENDPOINT_URL')));
}
