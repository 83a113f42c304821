import { expect, it } from 'vitest';
import * as contract from './container-contract.ts';

it('writes resourceconfig.json as real jobs find it', () => {
  expect(contract.resourceConfigJson({ currentHost: 'algo-1', hosts: ['algo-1'], instanceType: 'ml.c5.xlarge' })).toBe(
    '{"current_host":"algo-1","current_instance_type":"ml.c5.xlarge","current_group_name":"homogeneousCluster","hosts":["algo-1"],' +
      '"instance_groups":[{"instance_group_name":"homogeneousCluster","instance_type":"ml.c5.xlarge","hosts":["algo-1"]}],' +
      '"network_interface_name":"eth0","topology":null}',
  );
});

it('sorts hosts by characters, but not inside the group', () => {
  const hosts = Array.from({ length: 10 }, (_, index) => contract.hostName(index));
  const written = JSON.parse(contract.resourceConfigJson({ currentHost: 'algo-2', hosts, instanceType: 'ml.m5.large' })) as {
    hosts: string[];
    instance_groups: { hosts: string[] }[];
  };
  expect(written.hosts.slice(0, 3)).toEqual(['algo-1', 'algo-10', 'algo-2']);
  expect(written.instance_groups[0]?.hosts.at(-1)).toBe('algo-10');
});

it('writes inputdataconfig.json, with the content type only where one was given', () => {
  const channel = { channelName: 'train', inputMode: 'File', s3DistributionType: 'FullyReplicated', recordWrapperType: 'None' } as const;
  expect(contract.inputDataConfigJson([{ ...channel, contentType: 'text/csv' }])).toBe(
    '{"train":{"ContentType":"text/csv","TrainingInputMode":"File","S3DistributionType":"FullyReplicated","RecordWrapperType":"None"}}',
  );
  expect(contract.inputDataConfigJson([channel])).not.toContain('ContentType');
});

it('gives hyperparameters as they were sent: strings', () => {
  expect(contract.hyperparametersJson({ epochs: '3', sagemaker_program: '"train.py"' })).toBe('{"epochs":"3","sagemaker_program":"\\"train.py\\""}');
});

it.each([
  [undefined, undefined, { arguments: ['train'] }],
  [['python'], undefined, { entrypoint: ['python'], arguments: [] }],
  [undefined, ['-v'], { arguments: ['-v'] }],
  [['python'], ['-v'], { entrypoint: ['python'], arguments: ['-v'] }],
])('runs entry point %j with arguments %j', (entrypoint, args, command) => {
  expect(contract.containerCommand(entrypoint, args)).toEqual(command);
});

const job = { trainingJobName: 'job', trainingJobArn: 'arn:job', region: 'us-east-1', currentHost: 'algo-1' };

it('never lets the request say which job it is, but lets it choose its authorities', () => {
  const environment = contract.containerEnvironment({ ...job, environment: { TRAINING_JOB_NAME: 'other', SSL_CERT_FILE: '/mine', LEVEL: '3' } });
  expect(environment).toMatchObject({ TRAINING_JOB_NAME: 'job', SSL_CERT_FILE: '/mine', LEVEL: '3', AWS_REGION: 'us-east-1' });
  expect(environment).not.toHaveProperty('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
});

it('names the place of credentials when there are some', () => {
  const environment = contract.containerEnvironment({ ...job, environment: {}, credentialsRelativeUri: '/v2/credentials/x' });
  expect(environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']).toBe('/v2/credentials/x');
});

it('lists the instances in hosts, and the resolver in resolv.conf', () => {
  expect(contract.hostsFile([{ name: 'algo-1', address: '10.0.0.5' }])).toBe('127.0.0.1\tlocalhost\n10.0.0.5\talgo-1\n');
  const options = 'options timeout:2 attempts:2\n';
  expect(contract.resolvConf({ nameServers: ['10.0.0.2'], searchDomains: ['ec2.internal'] })).toBe(
    `search ec2.internal\nnameserver 10.0.0.2\n${options}`,
  );
  expect(contract.resolvConf({ nameServers: ['10.0.1.7', '10.0.1.8'], searchDomains: [] })).toBe(
    `nameserver 10.0.1.7\nnameserver 10.0.1.8\n${options}`,
  );
  expect(contract.resolvConf({ nameServers: [], searchDomains: ['ec2.internal'] })).toBe('');
});
