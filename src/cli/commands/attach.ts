import { identify } from '../../drivers/process/process-identity.ts';
import { runInside } from '../../drivers/process/run-inside.ts';
import { Api } from '../api.ts';
import { readRunningDaemon, type RunningDaemon } from '../daemon-file.ts';

export interface AttachOptions {
  readonly data: string;
  readonly groups?: string;
  readonly ip?: string;
}

/** What the daemon answers when the kernel holds the interface. */
interface Attached {
  readonly networkInterfaceId: string;
  readonly namespacePath: string;
  readonly resolvConf: string;
}

/** Runs a command on a network interface of its own, as an instance in the subnet would. The interface goes with it. */
export async function attach(subnetId: string, command: readonly string[], options: AttachOptions): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('attach enters a network namespace, which only root may. Run it with sudo');
  const [program, ...parameters] = command;
  if (program === undefined) throw new Error('attach needs a command: cloister attach SUBNET -- COMMAND');
  const daemon = readRunningDaemon(options.data);
  const api = new Api(daemon);
  const attached = (await api.operator(`/_cloister/attachments?${queryOf(subnetId, options).toString()}`, 'POST')) as Attached;
  try {
    const { namespacePath, resolvConf } = attached;
    process.exitCode = await runInside({ namespacePath, resolvConf, argv: [program, ...parameters], environment: environmentOf(daemon) });
  } finally {
    // A daemon that has ended meanwhile finds it when it starts again.
    await api.operator(`/_cloister/attachments/${attached.networkInterfaceId}`, 'DELETE').catch((error: unknown) => {
      process.stderr.write(`cloister: ${attached.networkInterfaceId} is left to the daemon: ${String(error)}\n`);
    });
  }
}

function queryOf(subnetId: string, { groups = '', ip }: AttachOptions): URLSearchParams {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('/proc does not know this process');
  const query = new URLSearchParams({ subnet: subnetId, groups, pid: String(own.pid), start: own.startTime });
  if (ip !== undefined) query.set('address', ip);
  return query;
}

/** The port of the host is not there inside the VPC; the names of AWS are, with certificates of this machine's authority. */
function environmentOf({ endpoint, certificateAuthority }: RunningDaemon): Readonly<Record<string, string | undefined>> {
  const { AWS_ENDPOINT_URL: url, ...environment } = process.env;
  const kept = url === undefined || url === endpoint ? {} : { AWS_ENDPOINT_URL: url };
  return { AWS_CA_BUNDLE: certificateAuthority, NODE_EXTRA_CA_CERTS: certificateAuthority, ...environment, ...kept };
}
