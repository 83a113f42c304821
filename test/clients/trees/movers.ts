import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import * as S3 from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { present } from '../../../src/stdx/assert.ts';
import { programs, type Version } from '../aws-cli/aws-cli.ts';
import { runPython } from '../boto3/run-python.ts';
import { region, type DaemonProcess } from '../daemon-process.ts';
import { wayMs } from './tree.ts';

/** What is moved: a folder and its files' names, or one file under one name. */
export interface Tree {
  readonly folder: string;
  readonly names: readonly string[];
}

/** One client, as it is published. A tree's names become keys below `tree/`. */
export interface Mover {
  putTree(tree: Tree): Promise<void>;
  getTree(tree: Tree): Promise<void>;
  putFile(file: string, key: string): Promise<void>;
  getFile(key: string, file: string): Promise<void>;
  /** What it would still have to move or remove to make the bucket as the tree, for a client that compares. */
  differences?(tree: Tree): Promise<readonly string[]>;
}

export type MakeMover = (daemon: DaemonProcess, bucket: string, scratch: string) => Mover;

/** Runs a program with what the clients need in its environment, and returns what it printed. Throws its own words when it fails. */
export async function command(daemon: DaemonProcess, argv: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const [program = '', ...parameters] = argv;
  // Fewer attempts than two are not for the AWS CLI's client on the Common Runtime.
  const env = daemon.environment({ LC_ALL: 'C.UTF-8', AWS_PAGER: '', AWS_MAX_ATTEMPTS: '2', ...extra });
  const { stdout } = await promisify(execFile)(program, parameters, { env, timeout: wayMs, maxBuffer: 64 << 20 });
  return stdout;
}

/** Moves with a program that has one command for folders and one for files, in both directions. */
function byCommand(bucket: string, run: (words: readonly string[]) => Promise<unknown>, tree: readonly string[], put: string, get: string): Mover {
  const at = (key: string): string => `s3://${bucket}/${key}`;
  return {
    putTree: async ({ folder }) => void (await run([...tree, `${folder}/`, at('tree/')])),
    getTree: async ({ folder }) => {
      mkdirSync(folder);
      await run([...tree, at('tree/'), `${folder}/`]);
    },
    putFile: async (file, key) => void (await run([put, file, at(key)])),
    getFile: async (key, file) => void (await run([get, at(key), file])),
  };
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

const awsCli =
  (version: Version, tree: readonly string[]): MakeMover =>
  (daemon, bucket) => {
    const s3 = async (...words: readonly string[]): Promise<string> => await command(daemon, [resolve(programs[version]), 's3', ...words]);
    const mover = byCommand(bucket, async (words) => await s3(...words, '--only-show-errors'), tree, 'cp', 'cp');
    return { ...mover, differences: async ({ folder }) => linesOf(await s3('sync', '--dryrun', '--delete', folder, `s3://${bucket}/tree/`)) };
  };

const s3cmd: MakeMover = (daemon, bucket, scratch) => {
  const { accessKeyId, secretAccessKey } = daemon.credentials;
  const { host } = new URL(daemon.endpoint);
  const place = ['--no-ssl', `--host=${host}`, `--host-bucket=${host}`, `--region=${region}`];
  const key = [`--access_key=${accessKeyId}`, `--secret_key=${secretAccessKey}`, `--config=${join(scratch, 'no-s3cfg')}`];
  const run = async (words: readonly string[]): Promise<string> => await command(daemon, [resolve('.venv/bin/s3cmd'), ...place, ...key, ...words]);
  const mover = byCommand(bucket, async (words) => await run(['--quiet', ...words]), ['sync'], 'put', 'get');
  const compare = ['sync', '--dry-run', '--delete-removed'];
  return { ...mover, differences: async ({ folder }) => linesOf(await run([...compare, `${folder}/`, `s3://${bucket}/tree/`])) };
};

const rclone: MakeMover = (daemon, bucket, scratch) => {
  const { accessKeyId, secretAccessKey } = daemon.credentials;
  const remote = {
    RCLONE_CONFIG: join(scratch, 'rclone.conf'),
    RCLONE_CONFIG_HERE_TYPE: 's3',
    RCLONE_CONFIG_HERE_PROVIDER: 'AWS',
    // It signs no bodies, which its SDK lets pass over TLS only.
    RCLONE_CONFIG_HERE_ENDPOINT: daemon.secureEndpoint,
    RCLONE_CA_CERT: daemon.certificateAuthority,
    RCLONE_CONFIG_HERE_REGION: region,
    RCLONE_CONFIG_HERE_FORCE_PATH_STYLE: 'true',
    RCLONE_CONFIG_HERE_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_HERE_SECRET_ACCESS_KEY: secretAccessKey,
    RCLONE_RETRIES: '1',
  };
  const run = async (...words: readonly string[]): Promise<string> => await command(daemon, [resolve('.venv/bin/rclone'), ...words], remote);
  const at = (key: string): string => `here:${bucket}/${key}`;
  return {
    putTree: async ({ folder }) => void (await run('sync', folder, at('tree'))),
    getTree: async ({ folder }) => void (await run('sync', at('tree'), folder)),
    putFile: async (file, key) => void (await run('copyto', file, at(key))),
    getFile: async (key, file) => void (await run('copyto', at(key), file)),
    // By sizes, times and digests, which it keeps in the objects' metadata where the entity tag is none.
    differences: async ({ folder }) => linesOf(await run('check', '--combined', '-', folder, at('tree'))).filter((line) => !line.startsWith('= ')),
  };
};

const boto3: MakeMover = (daemon, bucket) => {
  const move = async (direction: 'up' | 'down', pairs: readonly (readonly [string, string])[]): Promise<void> => {
    const moved = await runPython(daemon, 'test/clients/trees/transfer_manager.py', { direction, bucket, pairs }, wayMs);
    if (moved !== pairs.length) throw new Error(`moved ${String(moved)} of ${pairs.length}`);
  };
  const pairsOf = ({ folder, names }: Tree) => names.map((name) => [join(folder, name), `tree/${name}`] as const);
  return {
    putTree: async (tree) => await move('up', pairsOf(tree)),
    getTree: async (tree) => await move('down', pairsOf(tree)),
    putFile: async (file, key) => await move('up', [[file, key]]),
    getFile: async (key, file) => await move('down', [[file, key]]),
  };
};

const javaScript: MakeMover = (daemon, Bucket) => {
  const client = new S3.S3Client({ region, endpoint: daemon.endpoint, credentials: daemon.credentials, forcePathStyle: true, maxAttempts: 1 });
  const putFile = async (file: string, Key: string): Promise<void> => {
    await new Upload({ client, params: { Bucket, Key, Body: createReadStream(file) } }).done();
  };
  const getFile = async (Key: string, file: string): Promise<void> => {
    mkdirSync(dirname(file), { recursive: true });
    const { Body } = await client.send(new S3.GetObjectCommand({ Bucket, Key }));
    await writeFile(file, present(Body, 'an object has a body') as Readable);
  };
  const each = async ({ names }: Tree, move: (name: string) => Promise<void>): Promise<void> => {
    const waiting = names.values();
    const worker = async (): Promise<void> => {
      for (const name of waiting) await move(name);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  };
  return {
    putTree: async (tree) => await each(tree, async (name) => await putFile(join(tree.folder, name), `tree/${name}`)),
    getTree: async (tree) => await each(tree, async (name) => await getFile(`tree/${name}`, join(tree.folder, name))),
    putFile,
    getFile,
  };
};

/** Every client of the matrix. */
export const movers: Readonly<Record<string, MakeMover>> = {
  'AWS CLI v1: cp --recursive': awsCli('v1', ['cp', '--recursive']),
  'AWS CLI v2: sync': awsCli('v2', ['sync']),
  "boto3's transfer manager": boto3,
  "the JS SDK's Upload": javaScript,
  s3cmd,
  rclone,
};
