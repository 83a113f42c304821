import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { DaemonLab, type Network } from '../daemon/lab.ts';
import { hostileJob, program, putPrograms } from './hostile-jobs.ts';

/** What code leaves for the agent and the daemon to find, and what it takes of the machine. All jobs side by side. */

let lab: DaemonLab;
let network: Network;

/** A shell's command, which ends with an error. */
const failing = (command: string): readonly string[] => ['sh', '-c', `${command}; exit 7`];
const failure = '/opt/ml/output/failure';
/** What is where the reason of the failure should be. */
const places = {
  link: failing(`node -e "fs.symlinkSync('/etc/passwd','${failure}')"`),
  'link-to-folder': failing(`rm -rf /opt/ml/output; node -e "fs.symlinkSync('/etc','/opt/ml/output')"`),
  folder: failing(`mkdir ${failure}`),
  // Half a terabyte of nothing.
  sparse: failing(`node -e "fs.writeFileSync('${failure}','');fs.truncateSync('${failure}',2**39)"`),
  lines: failing(`node -e "fs.writeFileSync('${failure}','first\\nAlgorithmError: second\\u0000\\u001b[31m')"`),
} as const;

beforeAll(async () => {
  lab = await DaemonLab.open();
  await lab.makeDataAndRole();
  network = await lab.makeNetwork();
  await lab.makeS3Endpoint(network);
  await putPrograms(lab);
  // Data is data: nobody unpacks it.
  await lab.putObject('climbing/evil.tar', climbingArchive());
  await lab.createJob(hostileJob('traps', network, program('leave-traps.ts'), 'train'));
  for (const [name, entrypoint] of Object.entries(places)) await lab.createJob(hostileJob(name, network, entrypoint));
});
afterAll(async () => void (await lab?.close()));

/** A tar archive with a file that would go to the folders above. */
function climbingArchive(): Buffer {
  const name = '../../../../tmp/cloister-climbed';
  const made = spawnSync('tar', ['--create', '--absolute-names', '--transform', `s|.*|${name}|`, '/etc/hostname'], { maxBuffer: 1 << 20 });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return made.stdout;
}

describe('the file that says why a job failed', () => {
  it.each(['link', 'link-to-folder', 'folder'])('is not followed where it is a %s', async (name) => {
    const { TrainingJobStatus, FailureReason } = await lab.endOf(name);
    expect([TrainingJobStatus, FailureReason]).toEqual(['Failed', 'AlgorithmError: , exit code: 7']);
  });

  it('is read as far as a reason goes, however long it is', async () => {
    const { FailureReason = '' } = await lab.endOf('sparse');
    expect(FailureReason.length).toBeLessThanOrEqual(1_024);
    expect(FailureReason).toMatch(/^AlgorithmError: \0*, exit code: 7$/u);
  });

  it('may have lines and whatever characters: it stays one text', async () => {
    expect((await lab.endOf('lines')).FailureReason).toBe('AlgorithmError: first\nAlgorithmError: second\u0000\u001B[31m, exit code: 7');
  });
});

describe('the model', () => {
  it('holds links as links, and nothing from outside', async () => {
    const { TrainingJobStatus, FailureReason } = await lab.endOf('traps');
    expect([TrainingJobStatus, FailureReason]).toEqual(['Completed', undefined]);
    const made = JSON.parse((await lab.logLines('traps'))[0] ?? '{}') as Record<string, string>;
    expect(Object.values(made).filter((answer) => answer !== 'OK')).toEqual([]);
    const archive = await lab.getObject('output/traps/output/model.tar.gz');
    const listed = spawnSync('tar', ['--list', '--gzip', '--verbose', '--quoting-style=c'], { input: archive }).stdout.toString();
    for (const link of ['"shadow" -> "/etc/shadow"', '"above" -> "../../../../.."', '"environment" -> "/proc/self/environ"', '"loop" -> "loop"']) {
      expect(listed).toContain(link);
    }
    expect(listed).toContain('"two\\nlines"');
    expect(listed).toContain('"--checkpoint-action=exec=sh"');
    expect(demo.fileOfArchive(archive, 'closed')).toBe('closed');
    // 64 MiB of nothing pack well.
    expect(archive.length).toBeLessThan(1 << 20);
  });
});

describe('input', () => {
  it('that is an archive with ".." in it stays an archive', async () => {
    const code = "const d='/opt/ml/input/data/climbing';console.log(JSON.stringify([fs.readdirSync(d),fs.existsSync('/tmp/cloister-climbed')]))";
    const job = hostileJob('archive', network, ['node', '-e', code], 'climbing');
    const { FailureReason } = await lab.runJob(job);
    expect(FailureReason).toBeUndefined();
    expect(JSON.parse((await lab.logLines('archive'))[0] ?? '')).toEqual([['evil.tar'], false]);
  });

  it('whose keys climb is refused, by name', async () => {
    await lab.putObject('keys/../../../escaped', 'x');
    const job = hostileJob('keys', network, ['node', '-e', '0'], 'keys');
    const { TrainingJobStatus, FailureReason } = await lab.runJob(job);
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toContain('the key holds "." or ".." as a folder');
  });
});

describe('a fork bomb', () => {
  it('ends at its own limit, and nobody else notices', async () => {
    const bomb = 'i=0; while [ $i -lt 5000 ]; do sleep 60 & i=$((i+1)); done';
    await lab.createJob(hostileJob('bomb', network, ['sh', '-c', bomb]));
    const neighbour = await lab.runJob(hostileJob('neighbour', network, ['node', '-e', 'console.log(1)']));
    expect([neighbour.TrainingJobStatus, neighbour.FailureReason]).toEqual(['Completed', undefined]);
    const { TrainingJobStatus, FailureReason } = await lab.endOf('bomb');
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toMatch(/exit code: \d+$/u);
    expect((await lab.logLines('bomb')).join('\n')).toMatch(/fork/iu);
  });
});
