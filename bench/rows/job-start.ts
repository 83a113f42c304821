import { systemClock } from '../../src/stdx/clock.ts';
import { interleaved, ratios, spoken } from '../interleave.ts';
import { openPodmanPeer } from '../podman-peer.ts';
import type { Row } from '../row.ts';
import { ShortJobs, toldMs } from '../short-jobs.ts';

const allowanceMs = 300;

/** From the call to the time that the user's first line tells; from the start of `podman run` to the same. */
export const jobStart: Row = {
  name: 'job-start',
  programs: { podman: 'podman' },

  async measure({ rounds }, leftovers) {
    const jobs = await ShortJobs.open(leftovers);
    const podman = await openPodmanPeer(leftovers);
    // Until the job has ended, so that none meets the next.
    const start = async (change = {}): Promise<number> => {
      const startedAt = systemClock.now().getTime();
      return (await jobs.toldMs(await jobs.run(change))) - startedAt;
    };
    const pairs = await interleaved(rounds, start, async () => {
      const startedAt = systemClock.now().getTime();
      return toldMs(await podman(ShortJobs.code)) - startedAt;
    });
    const isolated = await interleaved(rounds, async () => await start({ EnableNetworkIsolation: true }), start);
    return [
      {
        what: `CreateTrainingJob to the first line of user code, less ${allowanceMs} ms`,
        against: 'podman run of the same image',
        figures: pairs.ours.map((figure, round) => (figure - allowanceMs) / (pairs.peer[round] ?? Number.NaN)),
        unit: '×',
        bar: { atMost: 1.5 },
        measured: spoken(pairs, 'ms', 0),
      },
      {
        what: 'the same with EnableNetworkIsolation, nothing less',
        against: 'the same job without',
        figures: ratios(isolated),
        unit: '×',
        measured: spoken(isolated, 'ms', 0),
      },
    ];
  },
};
