/** Who asks. Made by `access/` from verified credentials, and by nobody else. */
export type Principal =
  | {
      readonly type: 'root';
      readonly accountId: string;
      readonly arn: string;
      /** ISO 8601; of temporary credentials (`GetSessionToken`) only: `aws:TokenIssueTime`. */
      readonly issuedAt?: string;
    }
  | {
      readonly type: 'user';
      readonly accountId: string;
      readonly arn: string;
      readonly userId: string;
      readonly userName: string;
      /** As of root. */
      readonly issuedAt?: string;
    }
  | {
      readonly type: 'role-session';
      readonly accountId: string;
      /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
      readonly arn: string;
      readonly roleArn: string;
      readonly roleId: string;
      readonly sessionName: string;
      /** Policy documents given when the session was made: they only narrow it. */
      readonly sessionPolicies: readonly string[];
      /** ISO 8601 time at which the session was made: `aws:TokenIssueTime`. */
      readonly issuedAt?: string;
      /** Given when the session was made. They hide the role's own tags of the same keys. */
      readonly sessionTags?: readonly { readonly key: string; readonly value: string }[];
      /** The keys of those that sessions made from this one take over. */
      readonly transitiveTagKeys?: readonly string[];
      /** Who stands behind a chain of sessions: `aws:SourceIdentity`. */
      readonly sourceIdentity?: string;
    }
  | { readonly type: 'service'; readonly service: string }
  | { readonly type: 'anonymous' };
