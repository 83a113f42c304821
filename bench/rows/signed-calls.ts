import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import * as demo from '../../test/clients/demo-path.ts';
import { region } from '../../test/kernel/daemon/lab.ts';
import type { Key } from '../../test/wire/sdk-signer.ts';
import { makeFolder } from '../folder.ts';
import { interleaved, ratios, spoken } from '../interleave.ts';
import { openLab } from '../lab.ts';
import type { Leftovers } from '../leftovers.ts';
import { pythonEnvironment } from '../peers.ts';
import { answers, pidOf, run, serve, until } from '../programs.ts';
import type { Line, Row } from '../row.ts';
import { signedRequest } from '../signed-request.ts';

const connections = 8;
const [serversCore, clientsCore] = ['0', '1'];

interface Server {
  readonly endpoint: URL;
  readonly rootKey: Key;
}

/** The same requests, signed once, as fast as one core answers them; wrk has the other core. Both know one VPC and one job. */
export const signedCalls: Row = {
  name: 'signed-calls',
  programs: { wrk: 'wrk', taskset: 'util-linux' },

  async measure({ quick, rounds }, leftovers) {
    const lab = await openLab(leftovers);
    const network = await lab.makeNetwork();
    await lab.makeDataAndRole();
    await lab.makeS3Endpoint(network);
    await lab.runJob(demo.trainingJob('described', network));
    await run(['taskset', '--all-tasks', '--cpu-list', '--pid', serversCore, String(pidOf(lab.dataDirectory))]);
    const moto = await startMoto(leftovers);
    const folder = makeFolder(leftovers);
    const seconds = quick ? 2 : 4;
    const lines: Line[] = [];
    for (const name of ['DescribeVpcs', 'DescribeTrainingJob'] as const) {
      const perSecond = async (server: Server): Promise<number> => await wrk(await signedRequest(server, name), folder, seconds);
      const pairs = await interleaved(
        rounds,
        async () => await perSecond(lab),
        async () => await perSecond(moto),
      );
      lines.push({
        what: `signed ${name} per second, one core`,
        against: 'moto’s server',
        figures: ratios(pairs),
        unit: '×',
        bar: { atLeast: 10 },
        measured: spoken(pairs, 'a second', 0),
      });
    }
    return lines;
  },
};

async function startMoto(leftovers: Leftovers): Promise<Server> {
  const port = await freePort();
  const endpoint = new URL(`http://127.0.0.1:${port}`);
  const moto = [join(pythonEnvironment, 'bin', 'moto_server'), '--host', '127.0.0.1', '--port', String(port)];
  // It says a line for each request, which nobody reads.
  serve(['taskset', '--cpu-list', serversCore, 'sh', '-c', 'exec "$@" 2>/dev/null', 'sh', ...moto], { leftovers });
  await until('moto', async () => await answers(`${endpoint.origin}/moto-api/`));
  const rootKey = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const sagemaker = new SageMakerClient({ region, endpoint: endpoint.origin, credentials: rootKey });
  await sagemaker.send(new CreateTrainingJobCommand(demo.trainingJob('described', { subnetId: 'subnet-0a', groupId: 'sg-0a' })));
  await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'described' }));
  sagemaker.destroy();
  return { endpoint, rootKey };
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return await promise;
}

async function wrk({ url, headers, body }: Awaited<ReturnType<typeof signedRequest>>, folder: string, seconds: number): Promise<number> {
  const script = join(folder, 'request.lua');
  // wrk writes a Host of its own beside one that is spelt otherwise.
  const set = Object.entries({ ...headers, Host: headers['host'] }).flatMap(([name, value]) =>
    name === 'host' ? [] : [`wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`],
  );
  writeFileSync(script, ['wrk.method = "POST"', `wrk.body = ${JSON.stringify(body)}`, ...set].join('\n'));
  const first = await fetch(url, { method: 'POST', headers, body });
  if (!first.ok) throw new Error(`${url}: ${await first.text()}`);
  await first.arrayBuffer();
  const size = ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`, '--timeout', '10s'];
  const report = await run(['taskset', '--cpu-list', clientsCore, 'wrk', ...size, '--script', script, url]);
  const refused = /Non-2xx or 3xx responses: .*/.exec(report) ?? /Socket errors: .*/.exec(report);
  const found = /^Requests\/sec:\s*([\d.]+)$/m.exec(report)?.[1];
  if (refused !== null || found === undefined || Number(found) === 0) throw new Error(`${url}: ${report}`);
  return Number(found);
}
