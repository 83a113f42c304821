import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { sleep } from '../../src/stdx/deadline.ts';
import { region, type DaemonLab } from '../../test/kernel/daemon/lab.ts';
import { sdkSign } from '../../test/wire/sdk-signer.ts';
import { makeFolder } from '../folder.ts';
import { openLab } from '../lab.ts';
import { run } from '../programs.ts';
import type { Line, Row } from '../row.ts';
import { signedRequest } from '../signed-request.ts';
import { quantile } from '../statistics.ts';
import { makeBodies } from '../upload-bodies.ts';

const bucket = 'bench-data';
const everyMs = 10;
const [uploads, downloads] = [2, 2];

/** DescribeVpcs a hundred times a second, whatever the answers take; alone, and while uploads and downloads take all they can get. */
export const apiWhileBusy: Row = {
  name: 'api-while-busy',
  programs: { curl: 'curl' },

  async measure({ quick, rounds }, leftovers) {
    const lab = await openLab(leftovers);
    await lab.makeNetwork();
    await lab.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const bodies = await makeBodies(makeFolder(leftovers), quick ? 4 << 20 : 256 << 20);
    const load = new Load(lab, bodies.chunked, bodies.bytes);
    leftovers.add(async () => await load.stop());
    await load.put('object-0');
    await load.put('object-1');
    const forMs = quick ? 300 : 5_000;
    const alone: number[] = [];
    const busy: number[] = [];
    await percentile(lab, forMs);
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await percentile(lab, forMs));
      load.start();
      busy.push(await percentile(lab, forMs));
      await load.stop();
    }
    const line = { against: '–', unit: 'ms', measured: `99th percentile of ${forMs / everyMs} calls, ${1000 / everyMs} a second` } as const;
    return [
      { ...line, what: `API p99 while ${uploads} uploads and ${downloads} downloads saturate S3`, figures: busy, bar: { atMost: 50 } },
      { ...line, what: 'the same with nothing else', figures: alone },
    ] satisfies Line[];
  },
};

async function percentile(lab: DaemonLab, forMs: number): Promise<number> {
  const request = await signedRequest(lab, 'DescribeVpcs');
  const startedAt = performance.now();
  const calls: Promise<number>[] = [];
  // From when it was to be sent: a call that waits for the one before it waits.
  for (let dueAt = startedAt; dueAt < startedAt + forMs; dueAt += everyMs) {
    const lateMs = performance.now() - dueAt;
    if (lateMs < 0) await sleep(-lateMs);
    calls.push(timed(request, dueAt));
  }
  return quantile(await Promise.all(calls), 0.99);
}

async function timed(request: Awaited<ReturnType<typeof signedRequest>>, dueAt: number): Promise<number> {
  const response = await fetch(request.url, { method: 'POST', headers: request.headers, body: request.body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return performance.now() - dueAt;
}

/** Curls that upload and download over and over, through the host's listener. */
class Load {
  readonly #lab: DaemonLab;
  readonly #file: string;
  readonly #bytes: number;
  #running: Promise<void>[] = [];
  #isWanted = false;

  constructor(lab: DaemonLab, file: string, bytes: number) {
    this.#lab = lab;
    this.#file = file;
    this.#bytes = bytes;
  }

  start(): void {
    this.#isWanted = true;
    const over = async (work: () => Promise<void>): Promise<void> => {
      while (this.#isWanted) await work();
    };
    this.#running = [
      ...Array.from({ length: uploads }, (_, index) => over(async () => await this.put(`object-${index}`))),
      ...Array.from({ length: downloads }, (_, index) => over(async () => await this.#get(`object-${index}`))),
    ];
  }

  /** Those under way are let to their end. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    const running = this.#running;
    this.#running = [];
    await Promise.all(running);
  }

  async put(key: string): Promise<void> {
    const headers = {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(this.#bytes),
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    await this.#curl('PUT', key, headers, ['--upload-file', this.#file]);
  }

  async #get(key: string): Promise<void> {
    await this.#curl('GET', key, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, []);
  }

  async #curl(method: string, key: string, headers: Readonly<Record<string, string>>, more: readonly string[]): Promise<void> {
    const path = `/${bucket}/${key}`;
    const { host, origin } = this.#lab.endpoint;
    const signed = await sdkSign('s3', region, this.#lab.rootKey, { method, path, headers: { host, ...headers }, body: '' });
    const parameters = Object.entries(signed).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
    await run(['curl', '--silent', '--show-error', '--fail-with-body', '--output', '/dev/null', ...parameters, ...more, `${origin}${path}`]);
  }
}
