import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as S3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess, region } from './daemon-process.ts';
import { movers, type Tree } from './trees/movers.ts';
import { digestOf, digestsOf, makeFile, makeTree, sizes, wayMs } from './trees/tree.ts';

/** Each client moves the same tree and the same large object up and down again; both come back equal to the byte. */

const scratch = mkdtempSync(join(tmpdir(), 'cloister-trees-'));
const tree = join(scratch, 'tree');
const object = join(scratch, 'object');
let names: readonly string[];
let daemon: DaemonProcess;
let s3: S3.S3Client;

beforeAll(async () => {
  names = await makeTree(tree);
  await makeFile(object, -1, sizes.objectBytes);
  daemon = await DaemonProcess.start();
  s3 = new S3.S3Client({ region, endpoint: daemon.endpoint, credentials: daemon.credentials, forcePathStyle: true });
}, wayMs);
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await daemon?.dispose();
});

async function keysOf(Bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of S3.paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: 'tree/' })) {
    keys.push(...Contents.map(({ Key = '' }) => Key.slice('tree/'.length)));
  }
  return keys.toSorted();
}

describe.each(Object.entries(movers))('%s', (name, makeMover) => {
  const Bucket = `moved-by-${Object.keys(movers).indexOf(name)}`;
  const mover = () => makeMover(daemon, Bucket, scratch);
  const back = join(scratch, Bucket);

  it(`moves a tree of ${sizes.files} files both ways`, { timeout: 2 * wayMs }, async () => {
    await s3.send(new S3.CreateBucketCommand({ Bucket }));
    const up: Tree = { folder: tree, names };
    await mover().putTree(up);
    // As another client sees it: nothing more, nothing less, no name written differently.
    expect(await keysOf(Bucket)).toEqual(names.toSorted());
    expect((await mover().differences?.(up)) ?? []).toEqual([]);
    await mover().getTree({ folder: back, names });
    expect(await digestsOf(back)).toEqual(await digestsOf(tree));
    rmSync(back, { recursive: true });
  });

  it(`moves an object of ${sizes.objectBytes >> 20} MiB both ways`, { timeout: 2 * wayMs }, async () => {
    await mover().putFile(object, 'object');
    const head = await s3.send(new S3.HeadObjectCommand({ Bucket, Key: 'object' }));
    expect(head.ContentLength).toBe(sizes.objectBytes);
    await mover().getFile('object', back);
    expect(await digestOf(back)).toBe(await digestOf(object));
    rmSync(back);
  });
});
