import { afterAll, beforeAll, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from './lab.ts';

/** A listing of S3 has 1,000 objects at most: every mode takes those behind them, too. */

const objects = 1_001;
const atOnce = 20;

let lab: DaemonLab;
let network: Network;

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  const numbers = Array.from({ length: objects }, (_, number) => number);
  const put = async (): Promise<void> => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) await lab.putObject(`many/${number}`, `${number}\n`);
  };
  await Promise.all(Array.from({ length: atOnce }, put));
}, 120_000);
afterAll(async () => void (await lab?.close()));

/** Prints the sum and the count of the numbers in files, and in a pipe. */
const program = [
  "const fs=require('fs'),data='/opt/ml/input/data/';",
  "const told=(c,t)=>{const n=t.trim().split('\\n').map(Number);console.log(c,n.length,n.reduce((a,b)=>a+b,0))};",
  "for(const c of ['copied','shown'])told(c,fs.readdirSync(data+c).map(f=>fs.readFileSync(data+c+'/'+f,'latin1')).join(''));",
  "told('streamed',fs.readFileSync(data+'streamed_0','latin1'))",
].join('');

it('copies, shows and streams more objects than a listing holds', { timeout: 120_000 }, async () => {
  const { DataSource } = demo.channel('many');
  const modes = { copied: 'File', shown: 'FastFile', streamed: 'Pipe' } as const;
  const ended = await lab.runJob({
    ...demo.endlessJob('many', network),
    AlgorithmSpecification: {
      TrainingImage: 'cloister/base',
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['node', '-e', 'eval(process.env.PROGRAM)'],
    },
    Environment: { PROGRAM: program },
    InputDataConfig: Object.entries(modes).map(([ChannelName, InputMode]) => ({ ChannelName, InputMode, DataSource })),
  });
  expect([ended.TrainingJobStatus, ended.FailureReason]).toEqual(['Completed', undefined]);
  const all = `${objects} ${(objects * (objects - 1)) / 2}`;
  expect(await lab.logLines('many')).toEqual([`copied ${all}`, `shown ${all}`, `streamed ${all}`]);
});
