import { stsErrors } from '../errors.ts';
import type { StsOperation } from '../sts-operation.ts';

/** The account of a key, whosever it is. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html */
export const getAccessKeyInfo: StsOperation<'GetAccessKeyInfo'> = {
  authorize: () => [{ action: 'sts:GetAccessKeyInfo', resource: '*' }],

  commit({ AccessKeyId }, { access }) {
    const Account = access.accountOfKey(AccessKeyId);
    if (Account === undefined) throw stsErrors.unknownAccessKey(AccessKeyId);
    return { Account };
  },
};
