import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';

/** Read by clients that trust nothing beside it: it must hold the public authorities, too. */
const whole = ['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'CURL_CA_BUNDLE'] as const;

/** The authorities that this machine's programs trust, and Cloister's own. */
export function trustedWith(certificateAuthority: string): string {
  const all = new Set([...getCACertificates('system'), ...getCACertificates('bundled'), readFileSync(certificateAuthority, 'utf8')]);
  return `${Array.from(all, (certificate) => certificate.trim()).join('\n')}\n`;
}

/** The variables by which AWS's clients, Python, OpenSSL, curl and Node find authorities. `bundle` holds what `trustedWith` gives. */
export function trustVariables(certificateAuthority: string, bundle: string): Readonly<Record<string, string>> {
  const everywhere = Object.fromEntries(whole.map((name) => [name, bundle]));
  return { AWS_CA_BUNDLE: bundle, ...everywhere, NODE_EXTRA_CA_CERTS: certificateAuthority };
}
