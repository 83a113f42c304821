import type { Accounts } from '../access/accounts.ts';
import type { Reply } from '../aws/message.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import type { OperatorPaths } from '../gateway/gateway-options.ts';
import type { Store } from '../store/store.ts';
import { answerAccounts } from './accounts/answer-accounts.ts';
import { answerAttach } from './attach/answer-attach.ts';
import type { Attachments } from './attach/attachments.ts';
import { answerExplain, type RefusalSource } from './explain/answer-explain.ts';
import { health, localstackHealth } from './health.ts';
import { answerImages, type ImageSources } from './images/answer-images.ts';
import { inspect, inspectPattern, notFound } from './inspect/answer-inspect.ts';
import type { InspectionSources } from './inspect/inspection.ts';
import { expositionType } from './metrics/exposition.ts';
import { type MetricsSources, metricsPage } from './metrics/page.ts';
import { scrubAnswer, type ScrubSources } from './scrub/scrub.ts';
import { type TraceSources, traceAnswer, tracePattern } from './trace/answer-trace.ts';
import { answerReset, type ResetService } from './reset/answer-reset.ts';

export interface OperatorDependencies {
  readonly store: Store;
  readonly network: NetworkDriver;
  readonly accounts: Accounts;
  readonly refusals: RefusalSource;
  readonly observed: MetricsSources;
  readonly inspected: InspectionSources;
  /** Of what serves now. */
  readonly attachments: () => Attachments;
  readonly traced: TraceSources;
  readonly scrubbed: ScrubSources;
  readonly images: ImageSources;
  /** Undefined: this daemon keeps its state. */
  readonly reset: ResetService | undefined;
}

/** With spaces, as scripts that search the text for `"s3": "running"` expect it. */
const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
});

/** The operator's own paths, on the host's listener only. The gateway has checked the root key for all but those it lets anybody ask for. */
export function operatorPaths(dependencies: OperatorDependencies): OperatorPaths {
  return async (head, _body, principal) => {
    const { method, target } = head;
    const reply = method === 'POST' ? await answerReset(head, dependencies.reset) : undefined;
    if (reply !== undefined) return reply;
    const ofAccounts = answerAccounts(head, dependencies.accounts);
    if (ofAccounts !== undefined) return ofAccounts;
    const ofImages = await answerImages(head, dependencies.images);
    if (ofImages !== undefined) return ofImages;
    if (method === 'POST' || method === 'DELETE') return await answerAttach(head, principal, dependencies.attachments());
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    if (target === '/_cloister/health') return json(200, await health(dependencies.observed));
    if (target === '/_localstack/health') return json(200, localstackHealth());
    if (target === '/metrics') return await metrics(dependencies);
    const vpcId = /^\/_cloister\/networks\/(?<vpcId>vpc-[0-9a-f]+)$/u.exec(target)?.groups?.['vpcId'];
    if (vpcId !== undefined) return await network(dependencies, vpcId);
    const inspectedId = inspectPattern.exec(target)?.groups?.['id'];
    if (inspectedId !== undefined) return await inspection(dependencies, inspectedId);
    const traced = tracePattern.exec(target)?.groups;
    if (traced !== undefined) return await trace(dependencies, traced);
    if (target === '/_cloister/scrub') return await scrub(dependencies);
    const explained = await answerExplain(target, dependencies.refusals);
    return explained === undefined ? undefined : json(explained.status, explained.value);
  };
}

async function metrics({ observed }: OperatorDependencies): Promise<Reply> {
  return { status: 200, headers: { 'content-type': expositionType }, body: Buffer.from(await metricsPage(observed)) };
}

async function inspection({ inspected }: OperatorDependencies, id: string): Promise<Reply> {
  const found = await inspect(inspected, id);
  return found === undefined ? json(404, { message: notFound(id) }) : json(200, found);
}

async function trace({ traced }: OperatorDependencies, asked: Readonly<Record<string, string | undefined>>): Promise<Reply> {
  const { status, ...answer } = await traceAnswer(traced, asked['from'] ?? '', new URLSearchParams(asked['query']));
  return json(status, answer);
}

async function scrub({ scrubbed }: OperatorDependencies): Promise<Reply> {
  const { status, ...answer } = await scrubAnswer(scrubbed);
  return json(status, answer);
}

/** What the kernel counts for one VPC: packets by gate, and the flows that were dropped. */
async function network({ store, network: driver }: OperatorDependencies, vpcId: string): Promise<Reply> {
  const vpc = store.ec2.vpcs.find(vpcId);
  if (vpc === undefined) return json(404, { message: `${vpcId} does not exist` });
  return json(200, {
    vpcId,
    generation: vpc.generation,
    appliedGeneration: store.identifiers.appliedGeneration(vpcId),
    counters: await driver.counters(vpc.number),
    drops: await driver.drops(vpc.number),
  });
}
