import { createHash } from 'node:crypto';

/** The canonical user id of an account: 64 hexadecimal digits that say nothing about it, the same every time. */
export const canonicalUserId = (accountId: string): string => createHash('sha256').update(`s3-canonical-user:${accountId}`).digest('hex');
