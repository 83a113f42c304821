import type { OperationContext } from './operation.ts';

/** The account a request acts for: its principal's, or the house's own for whoever has none. */
export const callerAccountId = ({ principal, accountId }: OperationContext): string =>
  principal.type === 'service' || principal.type === 'anonymous' ? accountId : principal.accountId;
