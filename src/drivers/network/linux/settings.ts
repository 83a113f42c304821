import { existsSync } from 'node:fs';

/** A kernel started without IPv6 has no settings for it, and needs none. */
export function available(settings: readonly string[]): string[] {
  const hasIpv6 = existsSync('/proc/sys/net/ipv6/conf');
  return settings.filter((setting) => hasIpv6 || !setting.startsWith('net.ipv6.'));
}
