import { rootCertificates } from 'node:tls';
import { s3HostNames } from '../endpoints/s3-host-names.ts';

/** The authorities that jobs trust: the public ones that come with Node, and Cloister's own. */
export function jobAuthorities(own: string): string {
  return `${[...rootCertificates, own.trim()].join('\n')}\n`;
}

/** Names that share one certificate. The first group is for clients that name no server. */
export function certificateGroups(region: string): readonly (readonly string[])[] {
  const s3 = s3HostNames(region);
  return [
    [...s3, ...s3.map((name) => `*.${name}`)],
    ['localhost', '*.localhost', '127.0.0.1'],
  ];
}
