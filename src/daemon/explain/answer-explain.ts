import type { Arrival } from '../../model/arrival.ts';
import { explain, inOneLine, type Explanation } from '../../model/policy/explain.ts';
import { principalName, type RefusalRecord } from '../../gateway/records.ts';

export interface RefusalSource {
  find(requestId: string): Promise<readonly RefusalRecord[]>;
  newest(count: number): Promise<readonly RefusalRecord[]>;
}

/** One refusal in a list. */
interface ListedRefusal {
  readonly time: string;
  readonly requestId: string;
  readonly service: string;
  readonly operation: string;
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  /** What decided. */
  readonly why: string;
}

interface ExplainedRefusal extends ListedRefusal, Explanation {
  /** How the request came in, in words. */
  readonly arrived: string;
}

const listedMax = 20;
const pattern = /^\/_cloister\/refusals(?:\/(?<requestId>[0-9A-Za-z-]{1,64}))?$/u;

/** `GET /_cloister/refusals` and `/_cloister/refusals/REQUEST_ID`; undefined when the path is neither. */
export async function answerExplain(
  target: string,
  refusals: RefusalSource,
): Promise<{ readonly status: number; readonly value: unknown } | undefined> {
  const asked = pattern.exec(target)?.groups;
  if (asked === undefined) return undefined;
  const { requestId } = asked;
  if (requestId === undefined) return { status: 200, value: { refusals: (await refusals.newest(listedMax)).map(listedRefusal) } };
  const found = await refusals.find(requestId);
  if (found.length === 0) return { status: 404, value: { message: notKept(requestId) } };
  return { status: 200, value: { requestId, refusals: found.map(explained) } };
}

const notKept = (requestId: string): string =>
  `no refusal of request ${requestId} is kept: policies refused nothing of it, or it is too long ago; \`cloister explain\` lists the newest`;

function listedRefusal({ time, requestId, service, operation, refused, decision }: RefusalRecord): ListedRefusal {
  const { principal, demand } = refused;
  const { action, resource } = demand;
  return { time, requestId, service, operation, caller: principalName(principal), action, resource, why: inOneLine(decision, demand) };
}

const explained = (record: RefusalRecord): ExplainedRefusal => ({
  ...listedRefusal(record),
  arrived: arrivalText(record.refused.arrival),
  ...explain(record.refused),
});

function arrivalText(arrival: Arrival): string {
  if (arrival.kind === 'service') {
    const on = arrival.sourceArn === undefined ? '' : ` for ${arrival.sourceArn}`;
    return `by Cloister itself as ${arrival.servicePrincipal}${on}`;
  }
  const scheme = arrival.secure ? 'HTTPS' : 'HTTP';
  if (arrival.kind === 'host') return `at the host's port from ${arrival.sourceIp} by ${scheme}`;
  if (arrival.kind === 'edge') return `at the internet edge from ${arrival.sourceIp} by ${scheme}`;
  return `through endpoint ${arrival.vpcEndpointId} of ${arrival.vpcId} from ${arrival.sourceIp} by ${scheme}`;
}
