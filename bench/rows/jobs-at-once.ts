import { interleaved, ratios, spoken } from '../interleave.ts';
import { openPodmanPeer } from '../podman-peer.ts';
import type { Row } from '../row.ts';
import { ShortJobs } from '../short-jobs.ts';

/** A round takes a minute on two cores. */
const roundsMax = 2;

/** From the first call to the end of the last job, with model and log stored and everything given back; to the end of the last `podman run --rm`. */
export const jobsAtOnce: Row = {
  name: 'jobs-at-once',
  programs: { podman: 'podman' },

  async measure({ quick, rounds }, leftovers) {
    const count = quick ? 4 : 50;
    const jobs = await ShortJobs.open(leftovers, ['--instances-max', String(count)]);
    const podman = await openPodmanPeer(leftovers);
    const together = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now();
      await Promise.all(Array.from({ length: count }, work));
      return (performance.now() - started) / 1_000;
    };
    const pairs = await interleaved(
      Math.min(rounds, roundsMax),
      async () => await together(async () => await jobs.run()),
      async () => await together(async () => await podman(ShortJobs.code)),
    );
    return [
      {
        what: `${count} jobs at once, from the first call to the end of the last`,
        against: `${count} podman runs of the same image at once`,
        figures: ratios(pairs),
        unit: '×',
        measured: spoken(pairs, 's', 1),
      },
    ];
  },
};
