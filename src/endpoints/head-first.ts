import { repositoriesPath } from '../model/package-repositories.ts';
import type { BareHead, BodyManner } from './listener.ts';

/**
 * Whether the head of a request goes to the control thread before its body. It must for S3, whose bodies are bulk; it
 * need not for the other services, whose bodies are small: they save a round trip. On the host's listener both come
 * to one socket, so a request goes together only when nothing about it can be S3; in doubt the head goes first, to
 * which the gateway may still answer `collect`.
 */
export function goesHeadFirst(manner: BodyManner, { method, target, headers }: Pick<BareHead, 'method' | 'target' | 'headers'>): boolean {
  if (manner !== 'by-request') return manner === 'head-first';
  let scopeService: string | undefined;
  for (const [name, value] of headers) {
    if (name === 'x-amz-target') return false;
    if (name === 'content-type' && method === 'POST' && value.startsWith('application/x-www-form-urlencoded')) return false;
    if (name === 'authorization') scopeService ??= /Credential=[^,\s/]+\/[^,\s/]*\/[^,\s/]*\/([^,\s/]+)\//.exec(value)?.[1];
  }
  // The operator's paths have small bodies, but for objects of package repositories.
  if (target.startsWith('/_cloister/')) return target.startsWith(repositoriesPath);
  return scopeService === undefined || scopeService === 's3';
}
