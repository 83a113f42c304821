import type { TraceAnswer } from '../../../src/daemon/trace/answer-trace.ts';
import { bodyOf, type DaemonLab, sendFromHost } from './lab.ts';

/** What the model says of a packet, and what became of a real one. `rose`: the counters that it raised in the VPC that it began in. */
export interface Asked extends TraceAnswer {
  readonly rose: readonly string[];
}

async function trace(lab: DaemonLab, from: string, query: Readonly<Record<string, string>>): Promise<TraceAnswer> {
  const path = `/_cloister/trace/${from}?${new URLSearchParams(query).toString()}`;
  const answer = await sendFromHost(lab.onHost(await lab.signed('cloister', { method: 'GET', path, headers: {}, body: '' })));
  if (answer.status !== 200) throw new Error(answer.text);
  return JSON.parse(bodyOf(answer.text)) as TraceAnswer;
}

/** @param from a job, `JOB/HOST` or an interface */
export async function asked(lab: DaemonLab, from: string, to: string, port = '80', protocol = 'tcp'): Promise<Asked> {
  const query = { to, protocol, port };
  const { vpcId } = (await trace(lab, from, query)).from;
  const { result, rose } = await lab.counted(vpcId, async () => await trace(lab, from, { ...query, probe: 'true' }));
  return { ...result, rose };
}
