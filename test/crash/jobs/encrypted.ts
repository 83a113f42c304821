import { readdirSync } from 'node:fs';
import { namespacePath } from '../../../src/drivers/network/linux/namespaces.ts';
import { tunnelPort } from '../../../src/model/network/tunnel.ts';
import { present } from '../../../src/stdx/assert.ts';
import * as demo from '../../clients/demo-path.ts';
import { captured, type CapturedPacket } from '../../kernel/network/capture.ts';
import type { Bed } from '../bed.ts';
import { jobName } from '../cells.ts';
import { countingLines, linesOf, type BedJob } from './bed-job.ts';
import { instances, training, trainingJob, trainingState } from './training.ts';

/** In every datagram, with the job, who sends it, and its number. */
const plaintext = 'KNOWN-PLAINTEXT';

/** Its tunnel cannot be made. */
const neverRuns = jobName('encrypt-traffic, encrypted', 'fails');

/** Every instance counts, sends a datagram to the other one with each line, and leaves how many it heard in the model. A variable holds 512 characters. */
const talking = (lines: number): string =>
  "const i=crypto.randomUUID(),fs=require('fs'),e=process.env,m='/opt/ml/model/'+e.CURRENT_HOST;fs.writeFileSync(m,i);" +
  "fs.writeFileSync(m+'-heard','');const s=require('dgram').createSocket('udp4').on('message',()=>fs.appendFileSync(m+'-heard','.')).on('error',()=>0);" +
  "s.bind(7999).unref();const other='algo-'+(3-m.at(-1));" +
  countingLines(lines, 'i', `s.send('${plaintext} '+e.TRAINING_JOB_NAME+m+n+';',7999,other,()=>0)`);

export const encrypted: BedJob = {
  create: async ({ lab }, name, _kind, network) =>
    await lab.createJob({ ...trainingJob(name, network, 'encrypted', talking(linesOf(name))), EnableInterContainerTrafficEncryption: true }),
  state: async ({ lab }, name) => await trainingState(lab, name),

  async faultsOfRun(bed, name, kind) {
    const archive = await bed.lab.getObject(`output/${name}/output/model.tar.gz`);
    // They begin and end at other times, and nobody sends again what was lost.
    const deaf = instances.filter((host) => demo.fileOfArchive(archive, `${host}-heard`).length < linesOf(name) / 2);
    return [...deaf.map((host) => `${host} did not hear the other instance`), ...(await training.faultsOfRun(bed, name, kind))];
  },

  /** Nothing that the instances send each other is seen in the router as it is; and what they send is seen. */
  async watch(bed, name) {
    const ended = Promise.withResolvers<void>();
    const capturing = captured(routerOf(bed), async () => await ended.promise);
    return async () => {
      ended.resolve();
      const { packets } = await capturing;
      const isTunnelSeen = packets.some(({ sourcePort, destinationPort }) => sourcePort === tunnelPort && destinationPort === tunnelPort);
      return [...(name !== neverRuns && !isTunnelSeen ? ['no packet of a tunnel was seen'] : []), ...plainIn(packets, name)];
    };
  },
};

/** The network of a bed is its first one. */
function routerOf({ lab }: Bed): string {
  const pattern = new RegExp(`^${lab.prefix}-v(?<number>\\d+)$`, 'u');
  const numbers = readdirSync('/run/netns')
    .flatMap((found) => pattern.exec(found)?.groups?.['number'] ?? [])
    .map(Number);
  return namespacePath(`${lab.prefix}-v${present(numbers.toSorted((a, b) => a - b)[0], 'the VPC has a router')}`);
}

/** A packet is seen on its way in, and once more on its way out when it passed. Around a tunnel that broke, the first is to be expected: the gate drops it. */
function plainIn(packets: readonly CapturedPacket[], name: string): string[] {
  const seenMost = name.endsWith('-tunnel') ? 1 : 0;
  const pattern = new RegExp(`${plaintext} ${name}/[^;]+;`, 'u');
  const texts = packets.flatMap(({ bytes }) => (bytes.includes(plaintext) ? (pattern.exec(bytes.toString('latin1'))?.[0] ?? []) : []));
  return [...Map.groupBy(texts, (text) => text)]
    .filter(([, seen]) => seen.length > seenMost)
    .map(([text, seen]) => `seen ${seen.length} × unencrypted: ${text}`);
}
