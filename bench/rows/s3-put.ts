import { interleaved, ratios, spoken } from '../interleave.ts';
import type { Line, Row } from '../row.ts';
import { TransferLab } from '../transfer-lab.ts';

/**
 * As SDKs send it: a signed head, aws-chunked, CRC32 in the trailer. Cloister answers when the bytes are verified, on disk
 * (fdatasync of the file, fsync of its folder) and in the database. nginx answers when they are written to the page cache,
 * so its time includes the `sync` of the file; what it is without is shown beside.
 */
export const s3Put: Row = {
  name: 's3-put',
  programs: { nginx: 'nginx-light', curl: 'curl' },

  async measure(size, leftovers) {
    const lab = await TransferLab.open(size, leftovers);
    const line = async (scheme: 'http' | 'https', isDurable: boolean): Promise<Line> => {
      const pairs = await interleaved(
        size.rounds,
        async () => await lab.putToS3(scheme),
        async () => await lab.putToNginx(scheme, isDurable),
      );
      return {
        what: `PUT of ${lab.sizeText}, signed, CRC32, ${scheme.toUpperCase()}`,
        against: isDurable ? 'nginx dav PUT and sync of the file' : 'nginx dav PUT, not on disk yet',
        figures: ratios(pairs),
        unit: '×',
        ...(isDurable ? { bar: { atLeast: 0.8 } } : {}),
        measured: spoken(pairs, 'GB/s'),
      };
    };
    return [await line('https', true), await line('http', true), await line('http', false)];
  },
};
