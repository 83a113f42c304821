import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountsAt } from '../../../src/drivers/process/mounts.ts';
import { layout } from '../../../src/daemon/layout.ts';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { lastingDifference, nothing, processesOf } from '../../fixtures/holdings.ts';
import { DaemonLab, type Network } from './lab.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html: FastFile shows objects as files and reads them when they are read. */

const mib = 1 << 20;
const largeBytes = 64 * mib;
/** Byte n of mebibyte m tells both. */
const large = Buffer.alloc(largeBytes, Buffer.from(Uint16Array.from({ length: 4_099 }, (_, n) => n * 13).buffer));
const data = '/opt/ml/input/data';

type Channel = NonNullable<CreateTrainingJobCommandInput['InputDataConfig']>[number];

const fast = (name: string, prefix = `${name}/`, more: object = {}): Channel => ({
  ChannelName: name,
  InputMode: 'FastFile',
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${demo.bucket}/${prefix}`, ...more } },
});

const job = (name: string, network: Network, code: string, channels: readonly Channel[]) => ({
  ...demo.endlessJob(name, { subnetId: network.subnetId, groupId: network.groupId }),
  AlgorithmSpecification: {
    TrainingImage: 'cloister/base',
    TrainingInputMode: 'File' as const,
    ContainerEntrypoint: ['node', '-e', `const fs=require('fs');const d='${data}/';${code}`],
  },
  InputDataConfig: [...channels],
});

/** Tells what it sees, then reads another mebibyte every half second until it is stopped. */
const looksAndReads = `
const fs=require('fs'),d='${data}/';
const hash=b=>require('crypto').createHash('sha256').update(b).digest('hex');
const code=f=>{try{f();return 'none'}catch(e){return e.code}};
const at=m=>{const f=fs.openSync(d+'train/large','r'),b=Buffer.alloc(${mib});let n=0;while(n<b.length)n+=fs.readSync(f,b,n,b.length-n,m*${mib}+n);fs.closeSync(f);return hash(b)};
const s=fs.statSync(d+'train/large');
console.log(JSON.stringify({names:fs.readdirSync(d+'train',{recursive:true}).sort(),uid:s.uid,mode:(s.mode&0o777).toString(8),size:s.size,
  write:code(()=>fs.writeFileSync(d+'train/new','x')),remove:code(()=>fs.unlinkSync(d+'train/large')),text:fs.readFileSync(d+'train/sub/ünï +x.txt','utf8'),
  file:fs.readdirSync(d+'code'),modes:Object.entries(JSON.parse(fs.readFileSync('/opt/ml/input/config/inputdataconfig.json'))).map(([n,c])=>n+' '+c.TrainingInputMode),part:at(40)}));
let m=0;const next=()=>{try{console.log('part',m,at(m));m+=1}catch(e){console.log('failed',e.code);process.exit(3)}};
setTimeout(()=>setInterval(next,500),4000);process.on('SIGTERM',()=>process.exit(0))`;

/** A FastFile channel beside one in File mode, in which its program is. */
const readingJob = (name: string, network: Network) =>
  job(name, network, `require(d+'code/run.js')`, [fast('train'), { ...fast('code'), InputMode: 'File' }]);

const partHash = (number: number): string =>
  createHash('sha256')
    .update(large.subarray(number * mib, (number + 1) * mib))
    .digest('hex');

describe('FastFile channels', () => {
  let lab: DaemonLab;
  let network: Network;
  beforeAll(async () => {
    lab = await DaemonLab.open('as a process');
    await lab.makeDataAndRole();
    network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network, {
      Statement: [
        { Sid: 'Most', Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
        { Sid: 'KeepsSecrets', Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${demo.bucket}/secret/*` },
        {
          Sid: 'HidesHidden',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:ListBucket',
          Resource: '*',
          Condition: { StringLike: { 's3:prefix': 'hidden*' } },
        },
      ],
    });
    await lab.putObject('code/run.js', looksAndReads);
    await lab.putObject('train/large', large);
    await lab.putObject('train/sub/ünï +x.txt', 'small');
    await lab.putObject('secret/file', 'secret');
    await lab.putObject('hidden/file', 'hidden');
    for (const name of ['a', 'b', 'c', 'd']) await lab.putObject(`shards/${name}`, name);
    await lab.putObject('manifest.json', JSON.stringify([{ prefix: `s3://${demo.bucket}/shards/` }, 'b', 'd']));
  });
  afterAll(async () => await lab.close());

  const mounter = (): number => {
    const found = processesOf(lab.dataDirectory).filter(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/usr/bin/rclone\0'));
    expect(found).toHaveLength(1);
    return present(found[0], 'one program mounts').pid;
  };
  /** What came in by the interface that the program reads through. */
  const receivedBytes = (pid: number): number => Number(/eth0:\s*(\d+)/u.exec(readFileSync(`/proc/${pid}/net/dev`, 'utf8'))?.[1]);

  it('reads what is read, as files of root that nobody can change, and goes on through another daemon', async () => {
    await lab.createJob(readingJob('lazy', network));
    const seen = JSON.parse(await lab.firstLine('lazy')) as object;
    const pid = mounter();
    // Only the large part was read: two mebibytes are asked for at first, and read ahead.
    expect(receivedBytes(pid)).toBeGreaterThan(mib);
    expect(receivedBytes(pid)).toBeLessThan(10 * mib);
    expect(seen).toEqual({
      names: ['large', 'sub', 'sub/ünï +x.txt', 'train.csv'],
      uid: 0,
      mode: '444',
      size: largeBytes,
      write: 'EROFS',
      remove: 'EROFS',
      text: 'small',
      file: ['run.js'],
      modes: ['train FastFile', 'code File'],
      part: partHash(40),
    });
    // Nobody on this machine, and without any capability.
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\s+5\d{8}\s/mu);
    expect(status).toMatch(/^CapPrm:\s+0+$/mu);
    expect(status).toMatch(/^CapBnd:\s+0+$/mu);
    const written = `${readFileSync(`/proc/${pid}/cmdline`, 'utf8')} ${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
    expect(written).not.toMatch(/ASIA|SECRET_ACCESS_KEY|SESSION_TOKEN/u);

    await lab.restart();
    await expect.poll(async () => (await lab.logLines('lazy')).length, { timeout: 40_000, interval: 500 }).toBeGreaterThan(8);
    const parts = (await lab.logLines('lazy')).slice(1);
    expect(parts).toEqual(parts.map((_, number) => `part ${number} ${partHash(number)}`));
    expect(mounter()).toBe(pid);

    process.kill(pid, 'SIGKILL');
    const { TrainingJobStatus, FailureReason } = await lab.endOf('lazy');
    expect([TrainingJobStatus, FailureReason]).toEqual([
      'Failed',
      'InternalServerError: We encountered an internal error.  Please try again. The program that reads the FastFile channel train of algo-1 ended before its job.',
    ]);
    expect(mountsAt(layout(lab.dataDirectory).instances)).toEqual([]);
  });

  it('gives each instance its share, and what a manifest names', async () => {
    const code = `console.log(fs.readdirSync(d+'shards').map(n=>n+fs.readFileSync(d+'shards/'+n)).join(), fs.readdirSync(d+'named').join())`;
    const sharded = fast('shards', 'shards/', { S3DataDistributionType: 'ShardedByS3Key' });
    const named = fast('named', 'manifest.json', { S3DataType: 'ManifestFile' });
    const two = job('shared-out', network, code, [sharded, named]);
    const ended = await lab.runJob({ ...two, ResourceConfig: { ...two.ResourceConfig, InstanceCount: 2 } });
    expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
    expect(await lab.logLines('shared-out', 'algo-1')).toEqual(['aa,cc b,d']);
    expect(await lab.logLines('shared-out', 'algo-2')).toEqual(['bb,dd b,d']);
  });

  it('gives the container an error where the endpoint refuses a read, and says why', async () => {
    const code = `try{fs.readFileSync(d+'secret/file')}catch(e){console.log(e.code);process.exit(7)}`;
    const { TrainingJobStatus, FailureReason } = await lab.runJob(job('refused-read', network, code, [fast('secret')]));
    expect(await lab.logLines('refused-read')).toEqual(['EIO']);
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toMatch(
      /^AlgorithmError: , exit code: 7\. FastFile channel secret: AccessDenied \(403\): .*explicit deny in a VPC endpoint policy/u,
    );
  });

  it('ends a job whose listing is refused before its container starts, in the words of a download', async () => {
    const { TrainingJobStatus, FailureReason } = await lab.runJob(job('refused-list', network, '', [fast('hidden')]));
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toMatch(/^ClientError: Data download failed:AccessDenied \(403\): .*\(ListObjectsV2 s3:\/\/private-data\/hidden\/\)$/u);
  });

  it('refuses a prefix that is a part of a name', async () => {
    const { FailureReason } = await lab.runJob(job('partial', network, '', [fast('train', 'tra')]));
    expect(FailureReason).toContain('the prefix of a FastFile channel must not be a part of the name of a folder or object');
  });

  it('leaves nothing behind after a purge without a database', async () => {
    await lab.createJob(readingJob('left', network));
    await lab.firstLine('left');
    expect(mountsAt(layout(lab.dataDirectory).instances).filter((path) => path.endsWith('/fastfile/train'))).toHaveLength(1);
    // One that hangs, and with it every look at its files.
    process.kill(mounter(), 'SIGSTOP');
    const removed = await lab.close();
    expect(removed.filter((what) => /FastFile program|fastfile\/train/u.test(what)).length).toBeGreaterThan(1);
    expect(await lastingDifference(nothing, lab.dataDirectory)).toEqual({});
  });
});
