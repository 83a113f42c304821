import { interleaved, ratios, spoken } from '../interleave.ts';
import type { Line, Row } from '../row.ts';
import { TransferLab } from '../transfer-lab.ts';

/** The file is in the page cache for both: what is compared is the way from there to the client. */
export const s3Get: Row = {
  name: 's3-get',
  programs: { nginx: 'nginx-light', curl: 'curl' },

  async measure(size, leftovers) {
    const lab = await TransferLab.open(size, leftovers);
    const line = async (scheme: 'http' | 'https', atLeast: number): Promise<Line> => {
      const pairs = await interleaved(
        size.rounds,
        async () => await lab.getFromS3(scheme),
        async () => await lab.getFromNginx(scheme),
      );
      return {
        what: `GET of ${lab.sizeText} through the gateway endpoint, ${scheme.toUpperCase()}`,
        against: 'nginx, the same file in the same namespace',
        figures: ratios(pairs),
        unit: '×',
        bar: { atLeast },
        measured: spoken(pairs, 'GB/s'),
      };
    };
    return [await line('https', 1), await line('http', 0.6)];
  },
};
