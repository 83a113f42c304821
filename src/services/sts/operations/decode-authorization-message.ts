import { decodedMessage, requestOfMessage } from '../authorization-message.ts';
import { stsErrors } from '../errors.ts';
import type { StsOperation } from '../sts-operation.ts';
import type { Refusal } from '../../operation.ts';

/** Only messages of the caller's own account. https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
export const decodeAuthorizationMessage: StsOperation<'DecodeAuthorizationMessage', Refusal> = {
  authorize: () => [{ action: 'sts:DecodeAuthorizationMessage', resource: '*' }],

  async prepare({ EncodedMessage }, { findRefusal, accountId }) {
    const requestId = requestOfMessage(EncodedMessage);
    const refusal = requestId === undefined ? undefined : await findRefusal(requestId);
    const isOwn = refusal !== undefined && 'accountId' in refusal.principal && refusal.principal.accountId === accountId;
    if (!isOwn) throw stsErrors.invalidAuthorizationMessage();
    return refusal;
  },

  commit(_input, _context, refusal) {
    return { DecodedMessage: decodedMessage(refusal) };
  },
};
