import { iamErrors } from './errors.ts';
import type { IamOperation, IamOperationName } from './iam-operation.ts';
import { findUser, namedUserOf, userDemand } from './user.ts';

type Answer<Name extends IamOperationName> = ReturnType<IamOperation<Name>['commit']>;

/** A read of what an account cannot have here, because nothing creates it. */
export function emptyRead<Name extends IamOperationName>(operation: Name, answer: Answer<Name>): IamOperation<Name> {
  return { authorize: () => [{ action: `iam:${operation}`, resource: '*' }], commit: () => answer };
}

type ReadOfUser = 'ListMFADevices' | 'ListServiceSpecificCredentials' | 'ListSigningCertificates' | 'ListSSHPublicKeys';

/** A read of what a user cannot have here. Of a user that does not exist, AWS says so. */
export function emptyReadOfUser<Name extends ReadOfUser>(operation: Name, answer: Answer<Name>): IamOperation<Name>;
export function emptyReadOfUser(operation: ReadOfUser, answer: Answer<ReadOfUser>): IamOperation<ReadOfUser> {
  return {
    authorize(input, context) {
      const userName = namedUserOf(input.UserName, context);
      if (userName !== undefined) return [userDemand(`iam:${operation}`, userName, context)];
      return [{ action: `iam:${operation}`, resource: '*' }];
    },
    commit(input, context) {
      const userName = namedUserOf(input.UserName, context);
      if (userName !== undefined) findUser(userName, context);
      return answer;
    },
  };
}

/** An operation that would make what is not enforced here, refused with the reason. */
export function refused<Name extends IamOperationName>(operation: Name, reason: string): IamOperation<Name> {
  return {
    authorize: () => [{ action: `iam:${operation}`, resource: '*' }],
    commit() {
      throw iamErrors.notSupported(operation, reason);
    },
  };
}
