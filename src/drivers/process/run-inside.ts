import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { constants } from 'node:os';

export interface InsideOptions {
  /** `/run/netns/…`; the machine's own network when it is absent. */
  readonly namespacePath?: string;
  /** What the program finds in `/etc/resolv.conf`. */
  readonly resolvConf: string;
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * In a mount namespace of its own the program gets its resolver, and does not reach the name services of the host: their
 * sockets answer for the host's network. No process stands between: what is started becomes the program.
 */
const entry = `set -e
mount -t tmpfs -o mode=755 cloister /mnt
printf '%s' "$1" > /mnt/resolv.conf
mount --bind /mnt/resolv.conf /etc/resolv.conf
umount -l /mnt
for socket in /run/nscd/socket /run/systemd/resolve/io.systemd.Resolve; do
  [ ! -e "$socket" ] || mount --bind /dev/null "$socket"
done
shift
exec "$@"`;

/** Signals that end a program, handed on. Ctrl-C of a terminal reaches the program by itself. */
const handedOn = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Mounts of its own, of which the machine sees nothing, and with a namespace its network, too. */
const own = (namespacePath: string | undefined): [string, ...string[]] =>
  namespacePath === undefined ? ['unshare', '--mount', '--propagation', 'slave'] : ['ip', 'netns', 'exec', basename(namespacePath)];

/** Runs a program in a network namespace, or where it is with names of its own, with this process's own input and output. Returns its exit code; 128 and more for a signal. */
export async function runInside({ namespacePath, resolvConf, argv, environment }: InsideOptions): Promise<number> {
  const [program, ...entering] = own(namespacePath);
  const parameters = [...entering, 'sh', '-c', entry, 'cloister-attach', resolvConf, ...argv];
  const child = spawn(program, parameters, { stdio: 'inherit', env: { ...environment } });
  const handlers = [...handedOn, 'SIGINT' as const].map((signal) => {
    const handler = (): void => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
  try {
    return await promise;
  } finally {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  }
}
