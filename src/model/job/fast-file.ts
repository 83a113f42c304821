import type { AgentObservation } from './agent-orders.ts';

/** What the agent found of one FastFile channel: where it lies, and whether a list says which of the objects there are this instance's. */
export interface FastFileSource {
  readonly channelName: string;
  readonly bucket: string;
  /** The channel's folder in the bucket: empty, or with a slash at its end. */
  readonly folder: string;
  /** Only the files that `listName` names, below `folder`, belong to the channel here. */
  readonly isListed: boolean;
}

/** The file, in the instance's folder of lists, with the paths of a channel: one a line. */
export const listName = (channelName: string): string => `${channelName}.list`;

/** A name that no object has (keys have at most 1,024 bytes), for a list of nothing: an empty list would list everything. */
export const nothingListed = 'x'.repeat(1_100);

// eslint-disable-next-line no-control-regex -- these are what it looks for
const shownOtherwise = /[\u0000-\u001f\u007f\u201b\u2400-\u2421\uff0f]/u;

/** Why the file system cannot show a key under its own name, or undefined. rclone writes these characters as others, and hides empty names. */
export function refusalOfFastFileKey(key: string): string | undefined {
  if (shownOtherwise.test(key))
    return 'FastFile cannot show a key with control characters, or those that stand for them (U+201B, U+2400 to U+2421, U+FF0F)';
  const segments = key.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..' || /^\uff0e{1,2}$/u.test(segment)))
    return 'FastFile cannot show a key with "." or ".." as a folder';
  if (segments.slice(0, -1).includes('')) return 'FastFile cannot show a key with an empty folder name';
  return undefined;
}

/** The sources that an agent reports. Throws for anything else. */
export function parseSources(text: string): readonly FastFileSource[] {
  const sources = JSON.parse(text) as readonly Partial<FastFileSource>[];
  return sources.map(({ channelName, bucket, folder, isListed }) => {
    if (typeof channelName !== 'string' || typeof bucket !== 'string' || typeof folder !== 'string' || typeof isListed !== 'boolean')
      throw new Error('an agent reported a source of another form');
    return { channelName, bucket, folder, isListed };
  });
}

const httpStatus = /(?:^|: )(?<code>[A-Za-z]+): (?<message>[^\n]*)\n\s+status code: (?<status>\d{3})/gu;
const noAnswer = /dial tcp (?<address>[\d.]+):(?<port>\d+): (?<what>[^\n]+)/gu;
const noName = /lookup (?<host>\S+) on (?<address>[\d.]+):\d+: (?<what>[^\n]+)/gu;

/** What went wrong last, by what the mounter printed; undefined when nothing did. */
export function troubleIn(log: string, attempted: string): AgentObservation | undefined {
  const seen = [
    ...Array.from(log.matchAll(httpStatus), ({ index, groups }) => ({
      index,
      observation: {
        kind: 'http-status' as const,
        attempted,
        status: Number(groups?.['status']),
        code: groups?.['code'] ?? '',
        message: groups?.['message'] ?? '',
      },
    })),
    ...Array.from(log.matchAll(noAnswer), ({ index, groups }) => {
      const kind = groups?.['what']?.includes('refused') === true ? ('connection-refused' as const) : ('no-answer' as const);
      return {
        index,
        observation: { kind, attempted, address: groups?.['address'] ?? '', port: Number(groups?.['port']), message: groups?.['what'] ?? '' },
      };
    }),
    ...Array.from(log.matchAll(noName), ({ index, groups }) => ({
      index,
      observation: {
        kind: 'lookup-failed' as const,
        attempted,
        host: groups?.['host'] ?? '',
        address: groups?.['address'] ?? '',
        port: 53,
        code: groups?.['what'] ?? '',
      },
    })),
  ];
  return seen.toSorted((a, b) => b.index - a.index)[0]?.observation;
}
