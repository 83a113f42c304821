import { emptyRead, emptyReadOfUser } from '../empty-read.ts';

const lastPage = { IsTruncated: false };

/** What scripts and Terraform look for, and of which there is none here. A closed list. */
export const neverThere = {
  ListAccountAliases: emptyRead('ListAccountAliases', { AccountAliases: [], ...lastPage }),
  ListMFADevices: emptyReadOfUser('ListMFADevices', { MFADevices: [], ...lastPage }),
  ListOpenIDConnectProviders: emptyRead('ListOpenIDConnectProviders', { OpenIDConnectProviderList: [] }),
  ListSAMLProviders: emptyRead('ListSAMLProviders', { SAMLProviderList: [] }),
  ListServerCertificates: emptyRead('ListServerCertificates', { ServerCertificateMetadataList: [], ...lastPage }),
  ListServiceSpecificCredentials: emptyReadOfUser('ListServiceSpecificCredentials', { ServiceSpecificCredentials: [] }),
  ListSigningCertificates: emptyReadOfUser('ListSigningCertificates', { Certificates: [], ...lastPage }),
  ListSSHPublicKeys: emptyReadOfUser('ListSSHPublicKeys', { SSHPublicKeys: [], ...lastPage }),
  ListVirtualMFADevices: emptyRead('ListVirtualMFADevices', { VirtualMFADevices: [], ...lastPage }),
};
