import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

interface Listed {
  readonly time: string;
  readonly requestId: string;
  readonly operation: string;
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly why: string;
}

interface Quoted {
  readonly index: number;
  readonly sid?: string;
  readonly effect: string;
  readonly statement: unknown;
}

interface Refusal extends Listed {
  readonly service: string;
  readonly arrived: string;
  readonly chain: readonly {
    readonly title: string;
    readonly says: string;
    readonly by: readonly Quoted[];
    readonly nearest?: Quoted & { readonly differs: readonly string[] };
  }[];
  readonly decided: readonly (Quoted & { readonly title: string })[];
  readonly change: {
    readonly edits: readonly { readonly text: string; readonly statement: unknown }[];
    readonly unblock?: string;
    readonly obstacle?: string;
    readonly requests: readonly string[];
  };
}

export interface ExplainOptions {
  readonly data: string;
  readonly json: boolean;
}

const idPattern = /^[0-9A-Za-z-]{1,64}$/u;
const marks: Readonly<Record<string, string>> = { allows: '✓', delegates: '✓', denies: '✗' };

/** Why policies refused a request, and the least change that would allow it. Without an id: the newest refusals. */
export async function explain(terminal: Terminal, given: string | undefined, options: ExplainOptions): Promise<void> {
  const requestId = given === undefined ? undefined : idIn(given);
  const api = new Api(readRunningDaemon(options.data));
  const answer = await api.operator(requestId === undefined ? '/_cloister/refusals' : `/_cloister/refusals/${requestId}`);
  if (options.json) terminal.line(JSON.stringify(answer, undefined, 2));
  else if (requestId === undefined) printList(terminal, (answer as { refusals: readonly Listed[] }).refusals);
  else for (const refusal of (answer as { refusals: readonly Refusal[] }).refusals) print(terminal, refusal);
}

/** A request id, or the `Encoded authorization failure message` of EC2, which holds one. */
function idIn(given: string): string {
  const encoded = /^cloister:(?<id>.+)$/u.exec(Buffer.from(given, 'base64url').toString('utf8'))?.groups?.['id'];
  const id = encoded ?? given;
  if (!idPattern.test(id)) throw new Error(`${given} is no request id`);
  return id;
}

function printList(terminal: Terminal, refusals: readonly Listed[]): void {
  if (refusals.length === 0) {
    terminal.note('policies have refused nothing');
    return;
  }
  terminal.table(
    ['time', 'request', 'caller', 'action', 'resource', 'refused by'],
    refusals.map(({ time, requestId, caller, action, resource, why }) => [time, requestId, caller, action, resource, why]),
  );
}

function print(terminal: Terminal, refusal: Refusal): void {
  const { time, service, operation, caller, action, resource, arrived, why, decided } = refusal;
  terminal.heading(`${caller} may not ${action} on ${resource}`);
  terminal.line(`  ${service} ${operation} at ${time}, ${arrived}`);
  terminal.line();
  printChain(terminal, refusal);
  terminal.line();
  terminal.refused(`refused by ${why}`);
  for (const { title, statement } of decided) {
    terminal.note(`${title}:`);
    printJson(terminal, statement);
  }
  printChange(terminal, refusal);
}

function printChain(terminal: Terminal, { chain }: Refusal): void {
  terminal.table(
    ['', 'policy', 'says'],
    chain.flatMap(({ title, says, by, nearest }) => {
      const statements = by.map(nameOf).join(', ');
      const first = [marks[says] ?? '–', title, statements === '' ? says : `${says} by ${statements}`];
      if (nearest === undefined) return [first];
      const [cause = '', ...more] = nearest.differs;
      return [first, ['', '', `  ${nameOf(nearest)}: ${cause}`], ...more.map((text) => ['', '', `    and ${text}`])];
    }),
  );
}

const nameOf = ({ sid, index }: Quoted): string => `statement ${sid ?? index}`;

function printChange(terminal: Terminal, { change }: Refusal): void {
  const { edits, unblock, obstacle, requests } = change;
  const steps = edits.length + (unblock === undefined ? 0 : 1);
  terminal.line();
  if (obstacle !== undefined) terminal.note(`no change of a policy would allow it: ${obstacle}`);
  if (obstacle === undefined && steps > 1) terminal.note('no single change would allow it; these together would:');
  if (obstacle === undefined && steps === 1) terminal.note('the least change that would allow it:');
  if (obstacle === undefined && unblock !== undefined) terminal.done(unblock);
  for (const { text, statement } of edits) {
    terminal.done(text);
    printJson(terminal, statement);
  }
  for (const request of requests) terminal.note(`or as the policies are: ${request}`);
}

function printJson(terminal: Terminal, value: unknown): void {
  for (const row of JSON.stringify(value, undefined, 2).split('\n')) terminal.line(`      ${row}`);
}
