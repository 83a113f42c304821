/** As runc and crun say it, in podman's words around them. */
const refusals = [
  /exec: "(?<program>.*)": (?:stat .*: )?(?<reason>executable file not found in \$PATH|no such file or directory|permission denied|is a directory)/u,
  /executable file `(?<program>.*)` (?<reason>not found in \$PATH)/u,
  /(?<reason>unable to find (?:user|group) [^:]+)/u,
];

/** Why the image has no such program or user, when that is what keeps a container from being made; podman's own trouble is undefined. */
export function notStartable(stderr: string): string | undefined {
  for (const refusal of refusals) {
    const { program, reason = '' } = refusal.exec(stderr)?.groups ?? {};
    if (reason !== '') return program === undefined ? reason : `${program}: ${reason}`;
  }
  return undefined;
}
