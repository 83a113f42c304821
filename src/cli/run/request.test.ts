import { describe, expect, it } from 'vitest';
import { jobNameOf, parseHyperparameters, runtimeOf, type ScriptJob, trainingJobOf } from './request.ts';

const job: ScriptJob = {
  name: 'train-1',
  roleArn: 'arn:aws:iam::000000000000:role/cloister-run',
  image: 'an-image',
  runtime: 'python',
  script: 'train.py',
  launcher: 'launch.ts',
  hyperparameters: { epochs: '3' },
  channels: new Map([
    ['training', 's3://b/input/1/'],
    ['code', 's3://b/input/2/'],
  ]),
  output: 's3://b/output',
  instanceType: 'ml.m5.large',
  instances: 2,
  subnetIds: ['subnet-1'],
  groupIds: ['sg-1'],
};

it('tells what runs a script by its name', () => {
  expect(['a/train.py', 'train.mjs', 'train.js', 'train.ts'].map(runtimeOf)).toEqual(['python', 'node', 'node', 'node']);
  expect(() => runtimeOf('train.sh')).toThrow('train.sh is no script that cloister run knows: .py, .mjs');
});

describe('hyperparameters', () => {
  it('are names and values; a value may hold anything', () => {
    expect(parseHyperparameters(['lr=0.1', 'filter=a=b', 'none='])).toEqual({ lr: '0.1', filter: 'a=b', none: '' });
  });

  it.each([
    [['lr'], 'takes NAME=VALUE, not lr'],
    [['=1'], 'takes NAME=VALUE, not =1'],
    [['lr=1', 'lr=2'], 'lr is given twice'],
    [['sagemaker_program=x'], "are the toolkit's"],
  ])('refuses %j', (given, words) => {
    expect(() => parseHyperparameters(given)).toThrow(words);
  });
});

it("names jobs as AWS's pattern wants, however the script is called", () => {
  const now = new Date('2026-11-26T10:30:00.123Z');
  expect(jobNameOf('/home/ann/train.py', now)).toBe('train-2026-11-26-10-30-00-123');
  for (const script of ['_my  model!.py', '---.py', `${'x'.repeat(100)}.py`, 'é.py', `${'x'.repeat(38)}_y.py`]) {
    expect(jobNameOf(script, now)).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/u);
  }
});

it('hands a Python script to the toolkit, with values that are JSON', () => {
  expect(trainingJobOf(job)).toMatchObject({
    AlgorithmSpecification: { TrainingImage: 'an-image', TrainingInputMode: 'File' },
    HyperParameters: {
      epochs: '3',
      sagemaker_program: '"train.py"',
      sagemaker_submit_directory: '"/opt/ml/input/data/code"',
      sagemaker_container_log_level: '30',
    },
    InputDataConfig: [{ ChannelName: 'training' }, { ChannelName: 'code', DataSource: { S3DataSource: { S3Uri: 's3://b/input/2/' } } }],
    ResourceConfig: { InstanceCount: 2 },
    VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
  });
});

it('runs a Node script with the launcher before it, and adds nothing to its hyperparameters', () => {
  const { AlgorithmSpecification, HyperParameters } = trainingJobOf({ ...job, runtime: 'node', script: 'src/train.mjs' });
  const code = '/opt/ml/input/data/code';
  expect(AlgorithmSpecification).toMatchObject({
    ContainerEntrypoint: ['node', '--import', `${code}/.cloister/launch.ts`, `${code}/src/train.mjs`],
  });
  expect(HyperParameters).toEqual({ epochs: '3' });
});
