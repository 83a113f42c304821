import { run, serve, until } from './programs.ts';
import type { Leftovers } from './leftovers.ts';

const port = 5201;

/** An iperf3 server in a namespace, at every address of it. */
export async function serveIperf(namespace: string, leftovers: Leftovers): Promise<void> {
  serve(['iperf3', '--server', '--port', String(port)], { namespace, leftovers });
  await until('iperf3', async () => (await run(['ss', '-Htln', `sport = :${port}`], { namespace })) !== '');
}

/** TCP throughput of one connection, in Gbit/s as received. Sender and receiver have a core each, whoever is measured. */
export async function throughput(namespace: string, to: string, seconds: number): Promise<number> {
  const argv = [
    'iperf3',
    '--client',
    to,
    '--port',
    String(port),
    '--time',
    String(seconds),
    '--affinity',
    '0,1',
    '--connect-timeout',
    '3000',
    '--json',
  ];
  const report = JSON.parse(await run(argv, { namespace })) as { end: { sum_received: { bits_per_second: number } } };
  return report.end.sum_received.bits_per_second / 1e9;
}
