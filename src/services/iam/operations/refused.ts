import { refused } from '../empty-read.ts';

const noConsole = 'there is no console to sign in to';
const noMfa = 'no call asks for a second factor here';

/** What is not enforced and therefore not made, each with the reason. Everything else that is not listed is not implemented. */
export const refusedOperations = {
  CreateAccountAlias: refused('CreateAccountAlias', noConsole),
  CreateLoginProfile: refused('CreateLoginProfile', noConsole),
  CreateOpenIDConnectProvider: refused('CreateOpenIDConnectProvider', 'no other identity provider is asked'),
  CreateSAMLProvider: refused('CreateSAMLProvider', 'no other identity provider is asked'),
  CreateServiceLinkedRole: refused('CreateServiceLinkedRole', 'no service acts by a role of its own here'),
  CreateServiceSpecificCredential: refused('CreateServiceSpecificCredential', 'no service here takes them'),
  CreateVirtualMFADevice: refused('CreateVirtualMFADevice', noMfa),
  EnableMFADevice: refused('EnableMFADevice', noMfa),
  UpdateAccountPasswordPolicy: refused('UpdateAccountPasswordPolicy', noConsole),
  UploadServerCertificate: refused('UploadServerCertificate', 'no service here serves with them'),
  UploadSigningCertificate: refused('UploadSigningCertificate', 'no call is signed with a certificate here'),
  UploadSSHPublicKey: refused('UploadSSHPublicKey', 'no service here takes them'),
};
