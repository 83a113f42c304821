import { describe, expect, it } from 'vitest';
import { parseSources, refusalOfFastFileKey, troubleIn } from './fast-file.ts';

describe('a key', () => {
  it.each(['plain', 'a/b/c.txt', 'folder/', 'with space', 'a+b&c=d?%20', 'ünï/日本', 'back\\slash', 'x..y', '.hidden', 'a:b', '~', '*'])(
    '%j is shown as it is',
    (key) => {
      expect(refusalOfFastFileKey(key)).toBeUndefined();
    },
  );

  it.each(['tab\there', 'new\nline', '\u007f', 'a\u2409b', '\u201bx', 'a\uff0fb', 'a//b', '/a', './a', 'a/../b', 'a/\uff0e'])(
    '%j is refused',
    (key) => {
      expect(refusalOfFastFileKey(key)).toContain('FastFile cannot show a key with');
    },
  );
});

describe('what a mounter prints', () => {
  const attempted = 'reading s3://bucket/train/';

  it('says nothing of a read that went well', () => {
    expect(troubleIn('', attempted)).toBeUndefined();
  });

  it('tells the last answer of S3, with its own message', () => {
    const log = [
      '2026/01/02 03:04:05 ERROR : IO error: RequestError: send request failed',
      'caused by: Get "https://s3.us-east-1.amazonaws.com/bucket/train/a": dial tcp 52.216.0.1:443: i/o timeout',
      '2026/01/02 03:04:06 ERROR : IO error: AccessDenied: User: arn is not authorized to perform: s3:GetObject',
      '\tstatus code: 403, request id: A, host id: B',
      '',
    ].join('\n');
    const message = 'User: arn is not authorized to perform: s3:GetObject';
    expect(troubleIn(log, attempted)).toEqual({ kind: 'http-status', attempted, status: 403, code: 'AccessDenied', message });
  });

  it.each([
    ['dial tcp 52.216.0.1:443: i/o timeout', { kind: 'no-answer', address: '52.216.0.1', port: 443 }],
    ['dial tcp 52.216.0.1:443: connect: connection refused', { kind: 'connection-refused', address: '52.216.0.1', port: 443 }],
    [
      'dial tcp: lookup s3.us-east-1.amazonaws.com on 10.0.0.2:53: read udp: i/o timeout',
      { kind: 'lookup-failed', host: 's3.us-east-1.amazonaws.com', address: '10.0.0.2', port: 53 },
    ],
  ] as const)('tells of %s', (what, expected) => {
    expect(troubleIn(`caused by: Get "https://s3": ${what}\n`, attempted)).toMatchObject({ attempted, ...expected });
  });
});

it('takes sources from an agent, and nothing else', () => {
  const source = { channelName: 'train', bucket: 'bucket', folder: 'train/', isListed: false };
  expect(parseSources(JSON.stringify([source]))).toEqual([source]);
  expect(() => parseSources('[{"channelName":"train"}]')).toThrow('another form');
});
