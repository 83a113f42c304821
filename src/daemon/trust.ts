import { rootCertificates } from 'node:tls';
import { hostCertificateNames, s3CertificateNames } from '../endpoints/s3-host-names.ts';

/** The authorities that jobs trust: the public ones that come with Node, and Cloister's own. */
export function jobAuthorities(own: string): string {
  return `${[...rootCertificates, own.trim()].join('\n')}\n`;
}

/** Names that share one certificate. The first group is for clients that name no server. */
export function certificateGroups(region: string): readonly (readonly string[])[] {
  return [s3CertificateNames(region), hostCertificateNames];
}
