import type { Arrival } from '../arrival.ts';
import type { Condition } from './document.ts';
import { storedPolicy } from './parse.ts';
import { decideCase, type RefusedCase } from './refused-case.ts';

/** The same request, sent differently. */
interface Variant {
  readonly words: string;
  readonly refused: RefusedCase;
}

/** Keys that a caller chooses with the request itself. */
const chosenByCaller = /^(?:s3:x-amz-.+|s3:prefix|s3:delimiter|s3:max-keys|aws:requesttag\/.+|sts:externalid|sts:rolesessionname)$/;
const variantsMax = 24;

/** What the conditions of the documents ask for, tried one by one: those with which the request is allowed. */
export function otherRequests(refused: RefusedCase): string[] {
  const variants = new Map<string, Variant>();
  for (const condition of conditionsOf(refused)) {
    for (const variant of variantsFor(condition, refused)) if (variants.size < variantsMax) variants.set(variant.words, variant);
  }
  return [...variants.values()].flatMap(({ words, refused: sent }) => {
    const { verdict } = decideCase(sent);
    if (verdict === 'deny') return [];
    return [verdict === 'allow' ? words : `${words} (whether that is enough depends on how it arrives there)`];
  });
}

const conditionsOf = ({ policies }: RefusedCase): Condition[] =>
  policies.flatMap(({ kind, text }) => (text === undefined ? [] : storedPolicy(text, kind).statements.flatMap(({ conditions }) => conditions)));

function variantsFor({ key, values }: Condition, refused: RefusedCase): Variant[] {
  const { arrival, demand } = refused;
  const literal = values.filter((value) => !/[*?$]/.test(value));
  const lowerCaseKey = key.toLowerCase();
  if (lowerCaseKey === 'aws:sourcevpce') return literal.flatMap((value) => throughEndpoint(value, refused));
  if (lowerCaseKey === 'aws:sourcevpc') return literal.flatMap((value) => fromVpc(value, refused));
  if (lowerCaseKey === 'aws:securetransport' && arrival.kind !== 'service' && !arrival.secure) {
    return [{ words: 'send it by HTTPS', refused: { ...refused, arrival: { ...arrival, secure: true } } }];
  }
  if (!chosenByCaller.test(lowerCaseKey)) return [];
  return literal.map((value) => {
    const others = Object.entries(demand.context ?? {}).filter(([name]) => name.toLowerCase() !== lowerCaseKey);
    const context = { ...Object.fromEntries(others), [key]: [value] };
    return { words: `send it with ${key} ${value}`, refused: { ...refused, demand: { ...demand, context } } };
  });
}

function throughEndpoint(vpcEndpointId: string, refused: RefusedCase): Variant[] {
  if (!/^vpce-[0-9a-f]+$/.test(vpcEndpointId)) return [];
  const words = `send it through ${vpcEndpointId}, if the policy of that endpoint lets it pass`;
  return [{ words, refused: moved(refused, { vpcEndpointId, vpcId: 'unknown' }, ['aws:SourceVpc', 'aws:SourceVpcArn']) }];
}

function fromVpc(vpcId: string, refused: RefusedCase): Variant[] {
  if (!/^vpc-[0-9a-f]+$/.test(vpcId)) return [];
  const words = `send it from inside ${vpcId} through an endpoint of it, if the policy of that endpoint lets it pass`;
  return [{ words, refused: moved(refused, { vpcEndpointId: 'unknown', vpcId }, ['aws:SourceVpce']) }];
}

/** Arrived through another endpoint, of which neither the policy nor all of the address is known. */
function moved(refused: RefusedCase, to: Pick<Arrival & { kind: 'endpoint' }, 'vpcEndpointId' | 'vpcId'>, open: readonly string[]): RefusedCase {
  const { arrival, demand, policies } = refused;
  const secure = arrival.kind === 'service' || arrival.secure;
  const unknown = Object.fromEntries([...open, 'aws:VpcSourceIp'].map((key) => [key, 'unknown' as const]));
  return {
    ...refused,
    policies: policies.filter(({ kind }) => kind !== 'endpoint'),
    demand: { ...demand, context: { ...demand.context, ...unknown } },
    arrival: { kind: 'endpoint', service: 's3', sourceIp: '', secure, ...to },
  };
}
