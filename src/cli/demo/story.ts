import type { Api } from '../api.ts';
import type { Terminal } from '../terminal.ts';

/** What the acts of the demo share: the terminal, the API, and the ids found so far. */
export interface Story {
  readonly terminal: Terminal;
  readonly api: Api;
  readonly region: string;
  readonly accountId: string;
}

export interface PrivateNetwork {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly routeTableId: string;
  readonly groupId: string;
}

export const bucket = 'demo-private-data';
export const roleName = 'demo-training-role';
export const roleArn = (story: Story): string => `arn:aws:iam::${story.accountId}:role/${roleName}`;

/** The demo fails loudly when its story does not come true. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the demo expected that ${what}`);
}
