import { realpathSync } from 'node:fs';
import { listName } from '../../../../model/job/fast-file.ts';
import { instanceLayout } from '../../../../model/job/instance-layout.ts';
import { libraryBinds, openFolder, openUserNamespace } from '../../../placement/local/agent-sandbox.ts';
import { firstOwnFile, startSandbox, userNamespaceFile } from '../../../process/sandbox.ts';
import type { DataMountSpec } from '../data-mount-driver.ts';

export const rclonePath = '/usr/bin/rclone';

const deviceFile = firstOwnFile;
const temporaryBytes = 1 << 20;

/** The program's own view of things. */
const paths = { lists: '/lists', credentials: '/credentials', certificateAuthorities: '/etc/ca.pem' } as const;

/** In the folder of `paths.credentials`: AWS's configuration file, and the credentials it has the client fetch. */
export const [configurationFile, credentialsFile] = ['config', 'credentials.json'] as const;

/** The client runs this whenever what it has expires: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
export const configuration = `[default]\ncredential_process = /usr/bin/cat ${paths.credentials}/${credentialsFile}\n`;

/** A first request; each further one without a seek asks for twice as much. What is read of a large file is about what is moved. */
const [firstReadBytes, readAheadBytes] = ['2M', '1M'];
/**
 * Attempts of one request: with the pauses between them enough for a daemon that starts again. Every connection has
 * `connectMs` to come about, so a read without a route ends with an error after about a minute.
 */
const attempts = 8;
const [connectTime, silenceTime] = ['5s', '30s'];
/** What was found at the start stays so. */
const keptTime = '8760h';

const environment = (region: string): Readonly<Record<string, string>> => ({
  HOME: '/nonexistent',
  PATH: '/usr/bin',
  // Its own client of the VPC's resolver: no name service of the host.
  GODEBUG: 'netdns=go',
  SSL_CERT_FILE: paths.certificateAuthorities,
  AWS_CONFIG_FILE: `${paths.credentials}/${configurationFile}`,
  AWS_SDK_LOAD_CONFIG: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
  RCLONE_CONFIG: '/nonexistent/rclone.conf',
  RCLONE_CONFIG_S3_TYPE: 's3',
  RCLONE_CONFIG_S3_PROVIDER: 'Other',
  RCLONE_CONFIG_S3_ENV_AUTH: 'true',
  RCLONE_CONFIG_S3_REGION: region,
  RCLONE_CONFIG_S3_ENDPOINT: `https://s3.${region}.amazonaws.com`,
  // Names of buckets may hold dots, which no certificate covers.
  RCLONE_CONFIG_S3_FORCE_PATH_STYLE: 'true',
  RCLONE_CONFIG_S3_LIST_VERSION: '2',
  RCLONE_CONFIG_S3_LIST_URL_ENCODE: 'true',
  RCLONE_CONFIG_S3_NO_CHECK_BUCKET: 'true',
  RCLONE_CONFIG_S3_NO_HEAD_OBJECT: 'true',
});

/** `mount2` takes an open device as `/dev/fd/N` in place of a path. By the name of the device the process is found again. */
function rcloneParameters({ source, uidBase }: DataMountSpec, mountPath: string): string[] {
  const { bucket, folder, channelName, isListed } = source;
  return [
    ['mount2', `s3:${bucket}/${folder}`, `/dev/fd/${deviceFile}`, '--devname', mountPath, '--read-only'],
    ['--uid', String(uidBase), '--gid', String(uidBase), '--dir-perms', '0555', '--file-perms', '0444', '--umask', '0'],
    ['--vfs-cache-mode', 'off', '--vfs-read-chunk-size', firstReadBytes, '--buffer-size', readAheadBytes, '--max-read-ahead', readAheadBytes],
    // In order: a read out of order costs a request.
    ['--async-read=false', '--use-server-modtime', '--no-checksum', '--poll-interval', '0'],
    ['--dir-cache-time', keptTime, '--attr-timeout', '1h', '--log-level', 'ERROR'],
    ['--low-level-retries', String(attempts), '--contimeout', connectTime, '--timeout', silenceTime],
    isListed ? ['--files-from-raw', `${paths.lists}/${listName(channelName)}`] : [],
  ].flat();
}

/** The loader's libraries, rclone, the two programs that fetch credentials; of the instance its lists, names, authorities and credentials. */
function treeParameters({ directory }: DataMountSpec): string[] {
  const layout = instanceLayout(directory);
  const programs = ['/usr/bin/nsenter', '/usr/bin/setpriv', '/usr/bin/cat', rclonePath];
  return [
    ['/usr', '/usr/bin', '/etc'].flatMap(openFolder),
    libraryBinds(),
    ['--symlink', 'usr/bin', '/bin', '--ro-bind', realpathSync('/bin/sh'), '/usr/bin/sh'],
    programs.flatMap((path) => ['--ro-bind', realpathSync(path), path]),
    ['--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--size', String(temporaryBytes), '--tmpfs', '/tmp'],
    ['--ro-bind', layout.lists, paths.lists, '--ro-bind', layout.mounters, paths.credentials],
    ['--ro-bind', layout.resolvConf, '/etc/resolv.conf', '--ro-bind', layout.hosts, '/etc/hosts'],
    ['--ro-bind', layout.certificateAuthorities, paths.certificateAuthorities],
  ].flat();
}

/**
 * Starts rclone behind an open FUSE device. Returns its pid on the host; it outlives this process.
 *
 * The chain is that of the agent (`startAgentSandbox`): the network of the agent's interface, a tree and processes of its
 * own, a user of the instance's range. It has no capability, nowhere; it mounts nothing, because the device is mounted.
 */
export async function startRclone(spec: DataMountSpec, mountPath: string, device: number, logPath: string): Promise<number> {
  return await startSandbox({
    networkNamespacePath: spec.networkNamespacePath,
    userNamespace: await openUserNamespace(spec.uidBase),
    logPath,
    parameters: [
      Object.entries(environment(spec.region)).flatMap(([name, value]) => ['--setenv', name, value]),
      [...treeParameters(spec), '--chdir', '/', '--', '/usr/bin/nsenter', `--user=/proc/self/fd/${userNamespaceFile}`],
      ['/usr/bin/setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', rclonePath, ...rcloneParameters(spec, mountPath)],
    ].flat(),
    files: [device],
  });
}
