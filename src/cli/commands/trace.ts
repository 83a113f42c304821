import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import type { Terminal } from '../terminal.ts';

interface Answer {
  readonly from: { readonly networkInterfaceId: string; readonly privateIpAddress: string; readonly subnetId: string; readonly vpcId: string };
  readonly to: { readonly host: string; readonly address: string; readonly protocol: string; readonly port?: number };
  readonly verdict: 'accepted' | 'dropped';
  readonly arrivesAt: string;
  readonly hops: readonly { readonly gate: string; readonly at: string; readonly passed: boolean; readonly text: string }[];
  readonly cause?: string;
  readonly behind?: true;
  readonly probe?: { readonly agrees: boolean; readonly text: string };
}

export interface TraceOptions {
  readonly data: string;
  readonly udp: boolean;
  readonly icmp: boolean;
  readonly probe: boolean;
  readonly json: boolean;
}

const exitCodes = { arrives: 0, doesNot: 1, kernelDisagrees: 2 } as const;
const defaultPort = 443;

/**
 * What becomes of a packet, gate by gate; with `--probe` also what the kernel did with a real one. Exit code 0: it arrives.
 * 1: it does not. 2: the kernel did something else than the model says, which is a bug of Cloister.
 */
export async function trace(terminal: Terminal, from: string, target: string, options: TraceOptions): Promise<void> {
  const path = `/_cloister/trace/${from}?${queryOf(target, options).toString()}`;
  const answer = (await new Api(readRunningDaemon(options.data)).operator(path)) as Answer;
  const { verdict, probe } = answer;
  const outcome = verdict === 'accepted' ? exitCodes.arrives : exitCodes.doesNot;
  process.exitCode = probe?.agrees === false ? exitCodes.kernelDisagrees : outcome;
  if (options.json) terminal.line(JSON.stringify(answer, undefined, 2));
  else print(terminal, answer);
}

function queryOf(target: string, { udp, icmp, probe }: TraceOptions): URLSearchParams {
  const { host = '', port = String(defaultPort) } = /^(?<host>[^:]+)(?::(?<port>\d+))?$/u.exec(target)?.groups ?? {};
  if (host === '') throw new Error(`${target} is no HOST or HOST:PORT`);
  if (udp && icmp) throw new Error('a packet is either UDP or ICMP');
  const protocol = icmp ? 'icmp' : udp ? 'udp' : 'tcp';
  return new URLSearchParams({ to: host, protocol, ...(icmp ? {} : { port }), probe: String(probe) });
}

function print(terminal: Terminal, { from, to, verdict, arrivesAt, hops, cause, behind, probe }: Answer): void {
  const port = to.port === undefined ? '' : `:${to.port}`;
  const named = to.host === to.address ? '' : ` (${to.host})`;
  terminal.heading(`${from.networkInterfaceId} ${from.privateIpAddress} in ${from.subnetId} → ${to.address}${port} ${to.protocol}${named}`);
  terminal.table(
    ['', 'gate', 'at', 'decided by'],
    hops.map(({ gate, at, passed, text }) => [passed ? '✓' : '✗', gate, at, text]),
  );
  terminal.line();
  if (verdict === 'accepted') terminal.done(`arrives at ${arrivesAt}`);
  else terminal.refused(cause ?? 'dropped');
  if (behind === true) terminal.note('the kernel is just being brought to the newest state of this VPC');
  if (probe === undefined) return;
  if (probe.agrees) terminal.done(`a real packet: ${probe.text}; the kernel agrees`);
  else terminal.refused(`a real packet: ${probe.text}; the kernel does not do what is said above`);
}
