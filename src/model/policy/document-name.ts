import type { PolicyKind } from './decision.ts';

const kindNames: Readonly<Record<PolicyKind, string>> = {
  endpoint: 'endpoint policy of',
  resource: 'bucket policy of',
  trust: 'trust policy of',
  identity: 'identity policy',
  boundary: 'permissions boundary',
  session: 'session policy',
};

/** `endpoint policy of vpce-1`, `identity policy role/Training/inline`. */
export const documentName = (kind: PolicyKind, name: string): string => `${kindNames[kind]} ${name}`;

const silentNames: Readonly<Record<PolicyKind, string>> = {
  endpoint: 'no statement of the endpoint policy',
  resource: "no statement of the resource's policy",
  trust: "no statement of the role's trust policy",
  identity: 'no identity policy',
  boundary: 'no statement of the permissions boundary',
  session: 'no session policy',
};

/** `no identity policy`, of which something is not said. */
export const silentName = (kind: PolicyKind): string => silentNames[kind];

/** By its Sid, else by its position. */
export const statementName = ({ sid }: { readonly sid?: string | undefined }, index: number): string =>
  sid === undefined || sid === '' ? `statement ${index}` : `statement ${sid}`;
