/**
 * The fields of a record that mean something here, with the version of the format that brought each.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
const fieldVersions = {
  version: 2,
  'account-id': 2,
  'interface-id': 2,
  srcaddr: 2,
  dstaddr: 2,
  srcport: 2,
  dstport: 2,
  protocol: 2,
  packets: 2,
  bytes: 2,
  start: 2,
  end: 2,
  action: 2,
  'log-status': 2,
  'vpc-id': 3,
  'subnet-id': 3,
  'instance-id': 3,
  'tcp-flags': 3,
  type: 3,
  'pkt-srcaddr': 3,
  'pkt-dstaddr': 3,
  region: 4,
  'az-id': 4,
  'sublocation-type': 4,
  'sublocation-id': 4,
  'pkt-src-aws-service': 5,
  'pkt-dst-aws-service': 5,
  'flow-direction': 5,
  'traffic-path': 5,
  'reject-reason': 8,
} as const;

export type FieldName = keyof typeof fieldVersions;

/** AWS's fields for what does not exist here. */
const foreignFields =
  /^(?:resource-type|tgw-.+|packets-lost-.+|ecs-.+|resource-id|encryption-status|instance-tag.*|interface-tag.*|asg-tag.*|interface-type|next-hop-.+)$/;

export const defaultLogFormat = [
  'version',
  'account-id',
  'interface-id',
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'action',
  'log-status',
]
  .map((field) => `\${${field}}`)
  .join(' ');

export interface LogFormat {
  readonly fields: readonly FieldName[];
  /** The highest version among its fields: what `version` prints. */
  readonly version: number;
}

export type FormatProblem =
  | { readonly kind: 'malformed' }
  /** No field of AWS's. */
  | { readonly kind: 'unknown'; readonly fields: readonly string[] }
  /** Fields of AWS's for what does not exist here. */
  | { readonly kind: 'foreign'; readonly fields: readonly string[] };

/** `${version} ${account-id} …`: fields with one space between them, each once. */
export function parseLogFormat(text: string): LogFormat | { readonly problem: FormatProblem } {
  const names = text.split(' ').map((word) => /^\$\{(?<name>[a-z0-9-]+)\}$/.exec(word)?.groups?.['name']);
  const given = names.filter((name) => name !== undefined);
  if (given.length < names.length || new Set(given).size < given.length) return { problem: { kind: 'malformed' } };
  const foreign = given.filter((name) => foreignFields.test(name));
  if (foreign.length > 0) return { problem: { kind: 'foreign', fields: foreign } };
  const fields = given.filter((name): name is FieldName => Object.hasOwn(fieldVersions, name));
  if (fields.length < given.length) return { problem: { kind: 'unknown', fields: given.filter((name) => !Object.hasOwn(fieldVersions, name)) } };
  return { fields, version: Math.max(...fields.map((field) => fieldVersions[field])) };
}

/** The names of the fields, as the first line of a file says them. */
export const headerLine = ({ fields }: LogFormat): string => fields.join(' ');
