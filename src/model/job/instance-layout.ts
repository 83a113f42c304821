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
  };
}

/** Where Debian's family and Red Hat's family keep the authorities that programs trust. */
export const trustedAuthoritiesPaths = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'] as const;

/** What a container sees of its instance's directory. */
export function containerMounts(directory: string): readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[] {
  const layout = instanceLayout(directory);
  return [
    { source: layout.ml, target: '/opt/ml', readOnly: false },
    { source: layout.config, target: '/opt/ml/input/config', readOnly: true },
    { source: layout.hosts, target: '/etc/hosts', readOnly: true },
    { source: layout.resolvConf, target: '/etc/resolv.conf', readOnly: true },
    ...trustedAuthoritiesPaths.map((target) => ({ source: layout.certificateAuthorities, target, readOnly: true })),
  ];
}
