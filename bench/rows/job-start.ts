import { join } from 'node:path';
import { openFilesMax, pidsMaxDefault } from '../../src/drivers/container/podman/create-parameters.ts';
import { hardOpenFiles } from '../../src/drivers/container/podman/podman-capabilities.ts';
import { PodmanCommand } from '../../src/drivers/container/podman/podman-command.ts';
import { parseDaemonOptions } from '../../src/daemon/options.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import * as demo from '../../test/clients/demo-path.ts';
import type { DaemonLab } from '../../test/kernel/daemon/lab.ts';
import { podmanForTests } from '../../test/kernel/container/store.ts';
import { interleaved, spoken } from '../interleave.ts';
import { openLab } from '../lab.ts';
import type { Row } from '../row.ts';

/** The user's code: says what time it is. */
const code = ['sh', '-c', 'date +%s%N'] as const;
const allowanceMs = 300;
let jobs = 0;

/** From the call to the time that the user's first line tells; from the start of `podman run` to the same. */
export const jobStart: Row = {
  name: 'job-start',
  programs: { podman: 'podman' },

  async measure({ rounds }, leftovers) {
    const lab = await openLab(leftovers);
    await lab.makeDataAndRole();
    const network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network);
    const { folder, dispose } = await podmanForTests([]);
    // podman's own cleanup of an ended container may hold the store for a moment longer.
    leftovers.add(async () => await dispose().catch(async () => await sleep(1_000).then(dispose)));
    // The same images, read-only; containers of its own.
    const { imageStore } = parseDaemonOptions([], process.env);
    const podman = new PodmanCommand({ root: join(folder, 'store'), runRoot: join(folder, 'run'), imageStore });
    // What podman asks for of itself is more than every machine gives.
    const files = Math.min(openFilesMax, hardOpenFiles());
    const limits = ['--ulimit', `nofile=${files}:${files}`, '--ulimit', `nproc=${pidsMaxDefault}:${pidsMaxDefault}`];
    // The first job waits for the daemon to make the images that the peer runs, too.
    await startJob(lab, network);
    const pairs = await interleaved(
      rounds,
      async () => await startJob(lab, network),
      async () => {
        const startedAt = systemClock.now().getTime();
        return toldMs(await podman.run(['run', '--rm', '--network', 'none', ...limits, 'cloister/base', ...code])) - startedAt;
      },
    );
    return [
      {
        what: `CreateTrainingJob to the first line of user code, less ${allowanceMs} ms`,
        against: 'podman run of the same image',
        figures: pairs.ours.map((figure, round) => (figure - allowanceMs) / (pairs.peer[round] ?? Number.NaN)),
        unit: '×',
        bar: { atMost: 1.5 },
        measured: spoken(pairs, 'ms', 0),
      },
    ];
  },
};

/** With one small channel. Resolves when the job has ended, so that none meets the next. */
async function startJob(lab: DaemonLab, network: demo.PrivateNetwork): Promise<number> {
  jobs += 1;
  const TrainingJobName = `start-${jobs}`;
  const { InputDataConfig, HyperParameters: _, ...job } = demo.trainingJob(TrainingJobName, network);
  const AlgorithmSpecification = { TrainingImage: 'cloister/base', TrainingInputMode: 'File' as const, ContainerEntrypoint: [...code] };
  const startedAt = systemClock.now().getTime();
  const ended = await lab.runJob({ ...job, AlgorithmSpecification, InputDataConfig: InputDataConfig.slice(0, 1) });
  if (ended.TrainingJobStatus !== 'Completed') throw new Error(`${TrainingJobName}: ${ended.TrainingJobStatus} ${ended.FailureReason}`);
  return toldMs((await lab.logLines(TrainingJobName)).join('')) - startedAt;
}

function toldMs(text: string): number {
  const nanoseconds = /^\d{19}$/.exec(text.trim())?.[0];
  if (nanoseconds === undefined) throw new Error(`the user's code told no time: ${text}`);
  return Number(nanoseconds) / 1e6;
}
