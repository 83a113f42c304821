import { wireCredentials } from '../credentials.ts';
import { stsErrors } from '../errors.ts';
import type { StsOperation } from '../sts-operation.ts';

const userSecondsDefault = 43_200;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: an hour is all root gets. */
const rootSecondsMax = 3_600;

/** Needs no permission, only long-term credentials. */
export const getSessionToken: StsOperation<'GetSessionToken'> = {
  authorize: () => [],

  commit(input, { access, principal, now }) {
    for (const member of ['SerialNumber', 'TokenCode'] as const) if (input[member] !== undefined) throw stsErrors.notSupported(member);
    if ((principal.type !== 'root' && principal.type !== 'user') || principal.issuedAt !== undefined) throw stsErrors.noSessionTokenForSession();
    const asked = input.DurationSeconds ?? userSecondsDefault;
    const issued = access.issueSession(principal, principal.type === 'root' ? Math.min(asked, rootSecondsMax) : asked, now);
    return {
      Credentials: wireCredentials(issued),
    };
  },
};
