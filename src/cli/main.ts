import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { accountCreate, accountDelete, accountList, type AccountOptions } from './commands/account.ts';
import { attach } from './commands/attach.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { down } from './commands/down.ts';
import { env } from './commands/env.ts';
import { explain } from './commands/explain.ts';
import { imageBuild, imageList, imageLoad, type ImageOptions, imagePull, imageRemove } from './commands/image.ts';
import { inspect } from './commands/inspect.ts';
import { logs } from './commands/logs.ts';
import { predict, type PredictOptions } from './commands/predict.ts';
import { repoImport, repoList, type RepoImportOptions } from './commands/repo.ts';
import { run } from './commands/run.ts';
import { scrub } from './commands/scrub.ts';
import { status } from './commands/status.ts';
import { trace } from './commands/trace.ts';
import { up } from './commands/up.ts';
import { examples, firstSteps, helpStyle, hintAfterError } from './help.ts';
import { Interrupted } from './own-daemon.ts';
import { createTerminal } from './terminal.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
const terminal = createTerminal(process.stdout, process.env);
const dataDirectory = process.env['CLOISTER_DATA'] ?? '/var/lib/cloister';

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const program = new Command('cloister')
  .description(
    "SageMaker training and compilation jobs inside private VPCs on this machine: AWS's API, a network that is really enforced, and the reason for every refusal.",
  )
  .version(version)
  .configureHelp(helpStyle)
  .showHelpAfterError(hintAfterError)
  .addHelpText('after', firstSteps);

program.commandsGroup('To begin with:');
program.helpCommand('help [command]', 'the help of a command');
program
  .command('demo')
  .summary('the main story, on a daemon of its own')
  .description('the main story on a daemon of its own that leaves nothing behind: a private VPC, a job refused, an endpoint, the job trained')
  .option('--keep', 'leave the daemon running and print how to use it', false)
  .option('--compile', 'another story: train, compile for two processors, predict', false)
  .action(async (options: Parameters<typeof demo>[1]) => await demo(terminal, options));
program
  .command('doctor')
  .description('whether this machine can enforce private networks, and what to fix; exit code 1 when it cannot')
  .summary('whether this machine can enforce, and what to fix')
  .action(async () => await doctor(terminal));
program.commandsGroup('The daemon:');
program
  .command('up')
  .description('run the daemon in the foreground')
  .option('--data <directory>', 'where state is kept', dataDirectory)
  .option('--port <number>', 'the port of the AWS API on 127.0.0.1', process.env['CLOISTER_PORT'] ?? '4566')
  .option('--region <name>', 'the one region', process.env['CLOISTER_REGION'] ?? 'us-east-1')
  .option('--account <id>', 'the account id', process.env['CLOISTER_ACCOUNT'] ?? '000000000000')
  .option('--ephemeral', 'keep state in a temporary directory and remove everything at the end', false)
  .option('--allow-chosen-ids', 'let the root key choose ids by the tag cloister:id (tests and examples)', false)
  .option('--uplink', "let the internet edge lead on into this machine's own internet: not to private addresses, nor to its own", false)
  .option(
    '--strict-logs',
    "send what jobs print through their VPC's way to CloudWatch Logs: what does not arrive is tried again while the job runs",
    false,
  )
  .option('--instances-max <number>', "instances of jobs that run at once, the other jobs wait in order; by the machine's size when not given")
  .option('--gpu-kind <vendor/class>', 'how CDI calls the GPUs that jobs get; nvidia.com/gpu when not given')
  .option(
    '--endpoint-service <service>',
    'NAME=HOST:PORT[,PRIVATE_DNS_NAME]: a TCP address that interface endpoints may lead to; may be given more than once',
    repeated,
    [],
  )
  .option(
    '--map-image <from=to>',
    'an image in requests, by its name or its beginning and a *, and the local image that it is here; may be given more than once',
    repeated,
    [],
  )
  .option(
    '--registry <host[:port]>',
    'a registry that images may be pulled from, by this machine; http:// in front for one without TLS; may be given more than once, and without it nothing is pulled',
    repeated,
    [],
  )
  .option('--registry-auth <file>', 'credentials for registries, as podman login --authfile FILE writes them')
  .option(
    '--compiler <compiler>',
    'FRAMEWORK[:TARGET]=IMAGE: an image of the local store that compiles models of a framework, for targets of this name or pattern with *; may be given more than once',
    repeated,
    [],
  )
  .addHelpText(
    'after',
    examples(
      'cloister up --ephemeral --port 4599',
      "cloister up --map-image '683313688378.dkr.ecr.*=cloister/python'",
      'cloister up --endpoint-service licences=10.9.8.7:27000,licences.example.internal',
      'cloister up --compiler PYTORCH=my/compiler',
    ),
  )
  .action(async (options: Parameters<typeof up>[1]) => await up(terminal, options));
program
  .command('down')
  .description('stop the daemon')
  .option('--data <directory>', 'where its state is', dataDirectory)
  .option('--purge', 'also remove every namespace, rule, container and file; needs no running daemon and no database', false)
  .action(async (options: Parameters<typeof down>[1]) => await down(terminal, options));
program
  .command('env')
  .summary('the variables that point AWS clients here')
  .description('print the variables that point AWS clients here: eval "$(cloister env)"')
  .argument('[command...]', 'with --dns: a command for which the names of AWS are this daemon; nothing of the machine is changed')
  .option(
    '--dns',
    "for clients that look up AWS's own names: cloister env --dns -- COMMAND; without a command it says which names, and what it would take",
    false,
  )
  .option('--data <directory>', 'where its state is', dataDirectory)
  .option('--wait', 'until the daemon is ready, when it was only just started', false)
  .option('--account <id>', "as the root user of this account, and not of the installation's own")
  .addHelpText('after', examples('eval "$(cloister env --wait)"', 'cloister env --dns -- python fit.py'))
  .action(async (command: string[], options: Parameters<typeof env>[2]) => await env(terminal, command, options));
program
  .command('status')
  .summary('what runs, and whether it is as it should be')
  .description('what runs, and whether all of it is as it should be; exit code 1 when it is not')
  .option('--data <directory>', 'where its state is', dataDirectory)
  .option('--json', 'everything, for programs', false)
  .action(async (options: Parameters<typeof status>[1]) => await status(terminal, options));
program.commandsGroup('Jobs:');
program
  .command('run')
  .summary('a script of yours as a training job in a private VPC')
  .description(
    'a script of yours as a training job in a private VPC: uploads it and its data, shows what it prints, brings the model; exit code 1 when it failed, 2 when its image is still to be built',
  )
  .argument('<script>', 'train.py, or a script for Node: .mjs, .js, .ts')
  .option('--data <directory>', "what it trains on: the channels are the directory's folders, or the one channel training")
  .option('--source-dir <directory>', 'also what the script imports from there; hidden files stay')
  .option('--instances <number>', 'how many run it', '1')
  .option('--instance-type <type>', 'what they are', 'ml.m5.large')
  .option('--image <name>', 'what it runs in: for Python any image with the sagemaker-training toolkit; cloister/python or cloister/base by default')
  .option('--hyperparameter <name=value>', 'the script gets it as --name value; may be given more than once', repeated, [])
  .option('--name <job>', 'of the job; by the script and the time when not given')
  .option('--vpc <id>', 'a VPC of yours, as it is; without it the private VPC of this command')
  .option('--subnets <ids>', 'of that VPC, separated by commas; all when none is named')
  .option('--groups <ids>', 'security groups of that VPC, separated by commas; its default group when none is named')
  .option('--state <directory>', "where the daemon's state is; when none runs there, the job gets one of its own", dataDirectory)
  .addHelpText(
    'after',
    examples(
      'cloister run train.py --data images/gbt/data --hyperparameter trees=50',
      'cloister run train.mjs --data data --instances 2 --vpc vpc-…',
    ),
  )
  .action(async (script: string, options: Parameters<typeof run>[2]) => await run(terminal, script, options));
program
  .command('logs')
  .summary('what the instances of a job print, in order of time')
  .description('what the instances of a training or compilation job print, in order of time; exit code 1 when the job failed or was stopped')
  .argument('<job>', 'its name')
  .option('-f, --follow', 'go on until the job ends', false)
  .option('--since <time>', 'only later lines: 90s, 10m, 2h or 1d ago, or a date such as 2026-11-01T12:00:00Z')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .addHelpText('after', examples('cloister logs -f my-job', 'cloister logs my-job --since 10m'))
  .action(async (job: string, options: Parameters<typeof logs>[1]) => await logs(job, options));
const image = program.command('image').description('the container images that jobs run in');
image
  .command('build')
  .summary('make an image from packages of your distribution or a folder')
  .description('make an image from packages of your distribution, or one from a folder with a Containerfile (its steps have no network)')
  .argument('<what>', 'python, pytorch, compiler, or the folder')
  .option('--name <name>', 'what an image from a folder is called; the name of the folder when none is given')
  .option('--anew', 'also when the image is there: with the versions that the distribution has now', false)
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .addHelpText('after', examples('cloister image build python', 'cloister image build ./my-image --name mine:1'))
  .action(async (what: string, options: Parameters<typeof imageBuild>[2]) => await imageBuild(terminal, what, options));
image
  .command('load')
  .description('take an archive as docker save or podman save write it')
  .argument('<file>', 'the archive')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (file: string, options: ImageOptions) => await imageLoad(terminal, file, options));
image
  .command('pull')
  .description('fetch one from a registry that cloister up --registry names, also when it is there')
  .argument('<name>', 'as jobs name it, the registry first: registry.example:5000/name:tag')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (name: string, options: ImageOptions) => await imagePull(terminal, name, options));
image
  .command('list')
  .description('all of them')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .option('--json', 'everything, for programs', false)
  .action(async (options: Parameters<typeof imageList>[1]) => await imageList(terminal, options));
image
  .command('remove')
  .description('one that was built from a folder, loaded or pulled')
  .argument('<name>', 'its name')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (name: string, options: ImageOptions) => await imageRemove(terminal, name, options));
program
  .command('predict')
  .summary('rows of numbers through a compiled model, confined')
  .description('rows of standard input through a compiled model, confined; a line of predictions for each. Needs no daemon')
  .argument('<archive>', 'what a compilation job left')
  .option('--margins', "before the objective's transformation", false)
  .addHelpText('after', examples('cloister predict model-ml_c5.tar.gz < rows.csv'))
  .action(async (archive: string, options: PredictOptions) => await predict(archive, options));
program.commandsGroup('What is there, and why:');
program
  .command('inspect')
  .summary('a resource as it is stored, planned and in the kernel')
  .description(
    'a resource as it is stored, planned and in the kernel: a VPC, subnet, route table, group, network ACL, interface, endpoint, gateway, Elastic IP, training or compilation job',
  )
  .argument('<id>', 'its id, or the name of the job')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .option('--json', 'every line, for programs', false)
  .addHelpText('after', examples('cloister inspect eni-0123456789abcdef0', 'cloister inspect my-job'))
  .action(async (id: string, options: Parameters<typeof inspect>[2]) => await inspect(terminal, id, options));
program
  .command('trace')
  .summary('what becomes of a packet, gate by gate')
  .description('what becomes of a packet from a network interface or a running job, gate by gate, and which rule or route decided')
  .argument('<from>', 'eni-…, the name of a job, or JOB/algo-2')
  .argument('<to>', 'a host name as the VPC resolves it or an IPv4 address, and a port: HOST[:PORT], 443 when none')
  .option('--udp', 'a UDP packet, not a TCP connection', false)
  .option('--icmp', 'an echo request', false)
  .option('--probe', 'also send a real one, and say whether the kernel agrees', false)
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .option('--json', 'everything, for programs', false)
  .addHelpText('after', examples('cloister trace my-job s3.us-east-1.amazonaws.com', 'cloister trace eni-0123456789abcdef0 10.0.2.7:5432 --probe'))
  .action(async (from: string, to: string, options: Parameters<typeof trace>[3]) => await trace(terminal, from, to, options));
program
  .command('explain')
  .summary('why policies refused a request, and what would allow it')
  .description(
    'why policies refused a request: every policy that was looked at, the statement that decided, and the least change that would allow it',
  )
  .argument('[request]', "its id, or EC2's encoded authorization failure message; the newest refusals are listed when there is none")
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .option('--json', 'everything, for programs', false)
  .action(async (request: string | undefined, options: Parameters<typeof explain>[2]) => await explain(terminal, request, options));
program
  .command('scrub')
  .summary("the files of objects' bytes against the rows that name them")
  .description(
    "the files of objects' bytes against the rows that name them: what is missing, too short, or nobody's; exit code 1 when bytes are lacking",
  )
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .option('--json', 'everything, for programs', false)
  .action(async (options: Parameters<typeof scrub>[1]) => await scrub(terminal, options));
program.commandsGroup('Around jobs:');
program
  .command('attach')
  .summary('run a command on a network interface of its own in a subnet')
  .description('run a command on a network interface of its own in a subnet, as the stand-in for an instance')
  .argument('<subnet>', 'its id')
  .argument('<command...>', 'the command and its parameters')
  .option('--groups <ids>', "security groups, separated by commas; the VPC's default group when none is named")
  .option('--ip <address>', 'its private address; a free one when none is named')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .addHelpText('after', examples('cloister attach subnet-0123456789abcdef0 --groups sg-0123456789abcdef0 -- aws sts get-caller-identity'))
  .action(async (subnet: string, command: string[], options: Parameters<typeof attach>[2]) => await attach(subnet, command, options));
const account = program
  .command('account')
  .summary("accounts beside the installation's own")
  .description("accounts beside the installation's own, with IAM, STS and S3: for access between accounts");
account
  .command('create')
  .description('make one and print the variables that make AWS clients its root user: eval "$(cloister account create)"')
  .argument('[id]', 'twelve digits; free ones when none are given')
  .option('--name <name>', 'what the list shows')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (id: string | undefined, options: Parameters<typeof accountCreate>[2]) => await accountCreate(terminal, id, options));
account
  .command('list')
  .description('all of them')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (options: AccountOptions) => await accountList(terminal, options));
account
  .command('delete')
  .description('remove one that owns nothing any more, with its root key')
  .argument('<id>', 'its id')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (id: string, options: AccountOptions) => await accountDelete(terminal, id, options));
const repo = program
  .command('repo')
  .summary('the public buckets of Amazon Linux')
  .description('the public buckets from which containers install packages of Amazon Linux');
repo
  .command('import')
  .description('fill one of them from a directory, such as createrepo_c leaves; run again, it changes what changed')
  .argument('<directory>', 'what becomes the objects of the bucket')
  .option('--bucket <name>', `packages or repo (Amazon Linux 1), amazonlinux (2) or al2023`, 'amazonlinux')
  .option('--prefix <prefix>', 'what comes before their keys', '')
  .option('--delete', 'also remove objects below the prefix that are not in the directory', false)
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .addHelpText('after', examples('cloister repo import ./packages --bucket amazonlinux --prefix 2/core/2.0/x86_64'))
  .action(async (directory: string, options: RepoImportOptions) => await repoImport(terminal, directory, options));
repo
  .command('list')
  .description('what they hold, and their addresses inside VPCs')
  .option('--data <directory>', "where the daemon's state is", dataDirectory)
  .action(async (options: Parameters<typeof repoList>[1]) => await repoList(terminal, options));

try {
  await program.parseAsync();
} catch (error) {
  // Requests of what was interrupted may still wait for an answer that never comes.
  if (error instanceof Interrupted) process.exit(130);
  process.stderr.write(`cloister: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
