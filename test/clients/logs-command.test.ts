import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Iam from '@aws-sdk/client-iam';
import { DaemonLab, type Network } from '../kernel/daemon/lab.ts';
import { CliCommand } from './cli-command.ts';
import * as demo from './demo-path.ts';

let lab: DaemonLab;
let network: Network;
beforeAll(async () => {
  lab = await DaemonLab.open('as a process');
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
});
afterAll(async () => void (await lab?.close()));

/** Every instance says its name and counts; the second ends with an error. */
const program =
  "const h=os.hostname(),last=h=='algo-2';let n=0;setInterval(()=>{console.log(h,++n);if(n<12)return;if(last)fs.writeFileSync('/opt/ml/output/failure','counted enough');process.exit(last?3:0)},150)";

const numbered = (host: string): string[] => Array.from({ length: 12 }, (_, index) => `${host} | ${host} ${index + 1}`);

it('cloister logs -f merges the hosts to the end of the job, also when the daemon is killed meanwhile', async () => {
  const job = demo.trainingJob('counts', network);
  await lab.createJob({
    ...job,
    AlgorithmSpecification: { TrainingImage: 'cloister/base', TrainingInputMode: 'File', ContainerEntrypoint: ['node', '-e', program] },
    ResourceConfig: { ...job.ResourceConfig, InstanceCount: 2 },
  });
  const following = new CliCommand(['logs', '-f', 'counts', '--data', lab.dataDirectory], { timeoutMs: 100_000 });
  await following.printed('algo-1 3\n');
  await lab.restart();
  const { code, stdout, stderr } = await following.end();
  const ofHost = (host: string): string[] => stdout.split('\n').filter((line) => line.startsWith(host));
  // Its end ends the other one, which may not have said everything.
  expect(ofHost('algo-2')).toEqual(numbered('algo-2'));
  expect(ofHost('algo-1')).toEqual(numbered('algo-1').slice(0, ofHost('algo-1').length));
  expect(stdout).not.toContain('\u001B');
  const words = 'counts: Failed: AlgorithmError: counted enough, exit code: 3. It was algo-2 of 2 instances; the others were ended.';
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(words);
  expect(code).toBe(1);

  const again = await new CliCommand(['logs', 'counts', '--data', lab.dataDirectory]).end();
  expect(again).toEqual({ code: 1, stdout, stderr: `${words}\n` });
  const later = await new CliCommand(['logs', 'counts', '--since', '2100-01-01', '--data', lab.dataDirectory]).end();
  expect(later.stdout).toBe('');
});

it('the credentials of the environment are judged as those of any client', async () => {
  await lab.iam.send(new Iam.CreateUserCommand({ UserName: 'ann' }));
  const { AccessKey } = await lab.iam.send(new Iam.CreateAccessKeyCommand({ UserName: 'ann' }));
  const environment = {
    AWS_ENDPOINT_URL: lab.endpoint.href,
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
  };
  const refused = await new CliCommand(['logs', 'counts', '--data', lab.dataDirectory], { environment }).end();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('user/ann is not authorized to perform: sagemaker:DescribeTrainingJob');
  const PolicyDocument = demo.allowing('sagemaker:DescribeTrainingJob', 'logs:GetLogEvents');
  await lab.iam.send(new Iam.PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'reads', PolicyDocument }));
  const allowed = await new CliCommand(['logs', 'counts', '--data', lab.dataDirectory], { environment }).end();
  expect(allowed.stdout).toContain('algo-2 | algo-2 12\n');
});
