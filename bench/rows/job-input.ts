import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pythonEnvironment } from '../peers.ts';
import { resolverAddress } from '../../src/model/network/reserved.ts';
import { present } from '../../src/stdx/assert.ts';
import { inTurns } from '../../src/stdx/in-turns.ts';
import * as demo from '../../test/clients/demo-path.ts';
import { region, type DaemonLab, type Network } from '../../test/kernel/daemon/lab.ts';
import { makeFolder } from '../folder.ts';
import { interleaved, ratios, spoken } from '../interleave.ts';
import { openLab } from '../lab.ts';
import type { Leftovers } from '../leftovers.ts';
import { run } from '../programs.ts';
import type { Line, Row, Size } from '../row.ts';

const putsAtOnce = 8;
/** A round of all lines takes a quarter of a minute on two cores. */
const roundsMax = 3;

interface Objects {
  readonly prefix: string;
  readonly count: number;
  readonly bytes: number;
}

/** Tells how long it took to read everything once. */
const reading = (files: string): string =>
  `const fs=require('fs'),d='/opt/ml/input/data/',t=performance.now(),b=Buffer.alloc(1<<20);for(const p of ${files}){const f=fs.openSync(d+p);while(fs.readSync(f,b)>0);fs.closeSync(f)}console.log(performance.now()-t)`;
const programs = {
  Pipe: reading("['large_0']"),
  FastFile: reading("fs.readdirSync(d+'large').map(n=>'large/'+n)"),
} as const;

/** A training job's input, and the AWS CLI that copies the same objects, from an interface of the same subnet. */
class InputLab {
  readonly #lab: DaemonLab;
  readonly #network: Network;
  readonly #client: string;
  readonly #folder: string;
  readonly #resolvConf: string;
  #runs = 0;

  private constructor(lab: DaemonLab, network: Network, client: string, folder: string) {
    this.#lab = lab;
    this.#network = network;
    this.#client = client;
    this.#folder = folder;
    this.#resolvConf = join(folder, 'resolv.conf');
    writeFileSync(this.#resolvConf, `nameserver ${resolverAddress}\n`);
  }

  static async open(leftovers: Leftovers): Promise<InputLab> {
    const lab = await openLab(leftovers);
    await lab.makeDataAndRole();
    const network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network);
    return new InputLab(lab, network, (await lab.makeInterface(network)).namespace, makeFolder(leftovers));
  }

  async put({ prefix, count, bytes }: Objects): Promise<void> {
    const body = randomBytes(bytes);
    const numbers = Array.from({ length: count }, (_, number) => number);
    await inTurns(numbers, putsAtOnce, async (number) => await this.#lab.putObject(`${prefix}/${number}`, body));
  }

  /** Seconds of the job's download. */
  async download(prefix: string): Promise<number> {
    const ended = await this.#job(prefix, 'File', "console.log('done')");
    const found = ended.SecondaryStatusTransitions?.find(({ Status }) => Status === 'Downloading');
    const { StartTime, EndTime } = present(found, 'a job downloads');
    return (present(EndTime, 'it ended').getTime() - present(StartTime, 'it began').getTime()) / 1_000;
  }

  /** Seconds from the first opening to the last end, as the job's code sees it. */
  async read(prefix: string, mode: keyof typeof programs): Promise<number> {
    const { TrainingJobName = '' } = await this.#job(prefix, mode, programs[mode]);
    return Number((await this.#lab.logLines(TrainingJobName)).join('')) / 1_000;
  }

  async copy(prefix: string): Promise<number> {
    const target = join(this.#folder, `copy-${(this.#runs += 1)}`);
    const seconds = await this.#aws(['s3', 'cp', '--recursive', '--only-show-errors', `s3://${demo.bucket}/${prefix}/`, target]);
    rmSync(target, { recursive: true });
    return seconds;
  }

  async #job(prefix: string, InputMode: 'File' | keyof typeof programs, program: string) {
    const name = `input-${(this.#runs += 1)}`;
    const ended = await this.#lab.runJob({
      ...demo.endlessJob(name, this.#network),
      AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: InputMode, ContainerEntrypoint: ['node', '-e', program] },
      InputDataConfig: [demo.channel(prefix)],
    });
    if (ended.TrainingJobStatus !== 'Completed') throw new Error(`${name}: ${ended.TrainingJobStatus} ${ended.FailureReason}`);
    return ended;
  }

  async #aws(parameters: readonly string[]): Promise<number> {
    const { accessKeyId, secretAccessKey } = this.#lab.rootKey;
    const environment = [
      `AWS_ACCESS_KEY_ID=${accessKeyId}`,
      `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
      `AWS_DEFAULT_REGION=${region}`,
      `AWS_CA_BUNDLE=${join(this.#lab.dataDirectory, 'certificates', 'authority.pem')}`,
    ];
    const before = performance.now();
    // The mount is of the namespaces that `ip netns exec` makes: S3's names are the VPC's.
    const withNames = ['sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"', this.#resolvConf];
    await run([...withNames, 'env', ...environment, resolve(pythonEnvironment, 'bin', 'aws'), ...parameters], { namespace: this.#client });
    return (performance.now() - before) / 1_000;
  }
}

const sizeOf = ({ count, bytes }: Objects): string =>
  bytes >= 1 << 20 ? `${count} objects of ${bytes >> 20} MiB` : `${count} objects of ${bytes >> 10} KiB`;

/** Ours over the CLI's: how many times as fast. */
export const jobInput: Row = {
  name: 'job-input',
  programs: { podman: 'podman' },

  async measure({ quick, rounds }: Size, leftovers) {
    const lab = await InputLab.open(leftovers);
    const large: Objects = { prefix: 'large', count: 4, bytes: quick ? 1 << 20 : 64 << 20 };
    const small: Objects = { prefix: 'small', count: quick ? 20 : 500, bytes: 16 << 10 };
    for (const objects of [large, small]) await lab.put(objects);
    const line = async (what: string, objects: Objects, ours: () => Promise<number>): Promise<Line> => {
      const pairs = await interleaved(Math.min(rounds, roundsMax), ours, async () => await lab.copy(objects.prefix));
      const inverse = ratios({ ours: pairs.peer, peer: pairs.ours });
      const against = 'aws s3 cp --recursive from the same subnet';
      return { what: `${what}, ${sizeOf(objects)}`, against, figures: inverse, unit: '×', bar: { atLeast: 1 }, measured: spoken(pairs, 's') };
    };
    return [
      await line('input in File mode, until the container starts', large, async () => await lab.download('large')),
      await line('input in File mode, until the container starts', small, async () => await lab.download('small')),
      await line('input in FastFile mode, every file once', large, async () => await lab.read('large', 'FastFile')),
      await line('input in Pipe mode, one epoch', large, async () => await lab.read('large', 'Pipe')),
    ];
  },
};
