import type { Reply, RequestHead } from '../../aws/message.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { isAlive } from '../../drivers/process/process-identity.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { Attachments, AttachRequest } from './attachments.ts';

const path = '/_cloister/attachments';
const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(`${JSON.stringify(value)}\n`),
});

/** `POST …/attachments?subnet=…&groups=…&pid=…&start=…` and `DELETE …/attachments/eni-…`. Undefined when it is another path. */
export async function answerAttach(
  { method, target }: RequestHead,
  principal: Principal | undefined,
  attachments: Attachments,
): Promise<Reply | undefined> {
  const [own = '', query = ''] = target.split('?');
  if (method === 'POST' && own === path && principal !== undefined) {
    return json(200, await attachments.attach(requestOf(new URLSearchParams(query)), principal));
  }
  const id = own.startsWith(`${path}/`) ? own.slice(path.length + 1) : undefined;
  if (method !== 'DELETE' || id === undefined) return undefined;
  return (await attachments.release(id)) ? json(200, { networkInterfaceId: id }) : json(404, { message: `nothing is attached to ${id}` });
}

function requestOf(parameters: URLSearchParams): AttachRequest {
  const subnetId = parameters.get('subnet') ?? '';
  const address = parameters.get('address');
  const holder = { pid: Number(parameters.get('pid')), startTime: parameters.get('start') ?? '' };
  if (!Number.isInteger(holder.pid) || holder.pid <= 1 || !isAlive(holder)) {
    throw new AwsError('ValidationException', 'An attachment needs the number and the start time of a process that runs.');
  }
  const groupIds = (parameters.get('groups') ?? '').split(',').filter((id) => id !== '');
  return { subnetId, groupIds, holder, ...(address === null ? {} : { address }) };
}
