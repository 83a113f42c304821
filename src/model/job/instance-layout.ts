/** Where things are in an instance's directory. The daemon writes everything but what is under `ml`, which it never opens. */
export interface InstanceLayout {
  /** The file that holds the instance's volume, and where it is mounted; `ml` and nothing else is in it. */
  readonly volumeImage: string;
  readonly volume: string;
  /** The container's `/opt/ml`, written by the agent and the container. */
  readonly ml: string;
  /** The container's `/opt/ml/input/config`, read-only there. */
  readonly config: string;
  readonly hosts: string;
  readonly resolvConf: string;
  readonly certificateAuthorities: string;
  /** Holds the agent's socket and nothing else: all of it shows in the agent's view. */
  readonly socketFolder: string;
  /** Which agent is running. */
  readonly agentState: string;
  /** What the agent's program printed, for operators. */
  readonly agentLog: string;
  readonly containerLog: string;
  /** The agent's lists of FastFile channels. */
  readonly lists: string;
  /** A file system for each FastFile channel: the daemon mounts them and never looks inside. */
  readonly fastFile: string;
  /** What the programs behind them are started with, and their credentials. */
  readonly mounters: string;
  /** The program that is its end of the job's tunnel, and what it printed. */
  readonly tunnelProgram: string;
  readonly tunnelState: string;
  readonly tunnelLog: string;
}

export function instanceLayout(directory: string): InstanceLayout {
  return {
    volumeImage: `${directory}/volume.ext4`,
    volume: `${directory}/volume`,
    ml: `${directory}/volume/ml`,
    config: `${directory}/config`,
    hosts: `${directory}/etc/hosts`,
    resolvConf: `${directory}/etc/resolv.conf`,
    certificateAuthorities: `${directory}/etc/ca.pem`,
    socketFolder: `${directory}/socket`,
    agentState: `${directory}/agent.json`,
    agentLog: `${directory}/agent.log`,
    containerLog: `${directory}/container.log`,
    lists: `${directory}/lists`,
    fastFile: `${directory}/fastfile`,
    mounters: `${directory}/mounters`,
    tunnelProgram: `${directory}/wireguard-go`,
    tunnelState: `${directory}/tunnel.json`,
    tunnelLog: `${directory}/tunnel.log`,
  };
}

/** Where Debian's family and Red Hat's family keep the authorities that programs trust. */
export const trustedAuthoritiesPaths = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'] as const;

/** Where a container finds the data of a channel. */
export const channelPath = (channelName: string): string => `/opt/ml/input/data/${channelName}`;

export interface InstanceMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a container sees of its instance's directory; its checkpoints at a path of their own too, if they have one. */
export function containerMounts(directory: string, checkpointsPath = '/opt/ml/checkpoints'): readonly InstanceMount[] {
  const layout = instanceLayout(directory);
  return [
    { source: layout.ml, target: '/opt/ml', readOnly: false },
    ...(checkpointsPath === '/opt/ml/checkpoints' ? [] : [{ source: `${layout.ml}/checkpoints`, target: checkpointsPath, readOnly: false }]),
    { source: layout.config, target: '/opt/ml/input/config', readOnly: true },
    { source: layout.hosts, target: '/etc/hosts', readOnly: true },
    { source: layout.resolvConf, target: '/etc/resolv.conf', readOnly: true },
    ...trustedAuthoritiesPaths.map((target) => ({ source: layout.certificateAuthorities, target, readOnly: true })),
  ];
}
