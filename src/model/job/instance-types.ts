/**
 * What AWS publishes of each type of `TrainingInstanceType`: vCPUs, GiB of memory, and NVIDIA GPUs.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 */
type Published = readonly [vcpus: number, memoryGiB: number, gpus?: number];

const published: Readonly<Record<string, Published>> = {
  'ml.c4.xlarge': [4, 7.5],
  'ml.c4.2xlarge': [8, 15],
  'ml.c4.4xlarge': [16, 30],
  'ml.c4.8xlarge': [36, 60],
  'ml.c5.xlarge': [4, 8],
  'ml.c5.2xlarge': [8, 16],
  'ml.c5.4xlarge': [16, 32],
  'ml.c5.9xlarge': [36, 72],
  'ml.c5.18xlarge': [72, 144],
  'ml.c5n.xlarge': [4, 10.5],
  'ml.c5n.2xlarge': [8, 21],
  'ml.c5n.4xlarge': [16, 42],
  'ml.c5n.9xlarge': [36, 96],
  'ml.c5n.18xlarge': [72, 192],
  'ml.c6i.xlarge': [4, 8],
  'ml.c6i.2xlarge': [8, 16],
  'ml.c6i.4xlarge': [16, 32],
  'ml.c6i.8xlarge': [32, 64],
  'ml.c6i.12xlarge': [48, 96],
  'ml.c6i.16xlarge': [64, 128],
  'ml.c6i.24xlarge': [96, 192],
  'ml.c6i.32xlarge': [128, 256],
  'ml.c7i.large': [2, 4],
  'ml.c7i.xlarge': [4, 8],
  'ml.c7i.2xlarge': [8, 16],
  'ml.c7i.4xlarge': [16, 32],
  'ml.c7i.8xlarge': [32, 64],
  'ml.c7i.12xlarge': [48, 96],
  'ml.c7i.16xlarge': [64, 128],
  'ml.c7i.24xlarge': [96, 192],
  'ml.c7i.48xlarge': [192, 384],
  'ml.g4dn.xlarge': [4, 16, 1],
  'ml.g4dn.2xlarge': [8, 32, 1],
  'ml.g4dn.4xlarge': [16, 64, 1],
  'ml.g4dn.8xlarge': [32, 128, 1],
  'ml.g4dn.12xlarge': [48, 192, 4],
  'ml.g4dn.16xlarge': [64, 256, 1],
  'ml.g5.xlarge': [4, 16, 1],
  'ml.g5.2xlarge': [8, 32, 1],
  'ml.g5.4xlarge': [16, 64, 1],
  'ml.g5.8xlarge': [32, 128, 1],
  'ml.g5.12xlarge': [48, 192, 4],
  'ml.g5.16xlarge': [64, 256, 1],
  'ml.g5.24xlarge': [96, 384, 4],
  'ml.g5.48xlarge': [192, 768, 8],
  'ml.g6.xlarge': [4, 16, 1],
  'ml.g6.2xlarge': [8, 32, 1],
  'ml.g6.4xlarge': [16, 64, 1],
  'ml.g6.8xlarge': [32, 128, 1],
  'ml.g6.12xlarge': [48, 192, 4],
  'ml.g6.16xlarge': [64, 256, 1],
  'ml.g6.24xlarge': [96, 384, 4],
  'ml.g6.48xlarge': [192, 768, 8],
  'ml.g6e.xlarge': [4, 32, 1],
  'ml.g6e.2xlarge': [8, 64, 1],
  'ml.g6e.4xlarge': [16, 128, 1],
  'ml.g6e.8xlarge': [32, 256, 1],
  'ml.g6e.12xlarge': [48, 384, 4],
  'ml.g6e.16xlarge': [64, 512, 1],
  'ml.g6e.24xlarge': [96, 768, 4],
  'ml.g6e.48xlarge': [192, 1536, 8],
  'ml.g7e.2xlarge': [8, 64, 1],
  'ml.g7e.4xlarge': [16, 128, 1],
  'ml.g7e.8xlarge': [32, 256, 1],
  'ml.g7e.12xlarge': [48, 512, 2],
  'ml.g7e.24xlarge': [96, 1024, 4],
  'ml.g7e.48xlarge': [192, 2048, 8],
  'ml.m4.xlarge': [4, 16],
  'ml.m4.2xlarge': [8, 32],
  'ml.m4.4xlarge': [16, 64],
  'ml.m4.10xlarge': [40, 160],
  'ml.m4.16xlarge': [64, 256],
  'ml.m5.large': [2, 8],
  'ml.m5.xlarge': [4, 16],
  'ml.m5.2xlarge': [8, 32],
  'ml.m5.4xlarge': [16, 64],
  'ml.m5.12xlarge': [48, 192],
  'ml.m5.24xlarge': [96, 384],
  'ml.m6i.large': [2, 8],
  'ml.m6i.xlarge': [4, 16],
  'ml.m6i.2xlarge': [8, 32],
  'ml.m6i.4xlarge': [16, 64],
  'ml.m6i.8xlarge': [32, 128],
  'ml.m6i.12xlarge': [48, 192],
  'ml.m6i.16xlarge': [64, 256],
  'ml.m6i.24xlarge': [96, 384],
  'ml.m6i.32xlarge': [128, 512],
  'ml.m7i.large': [2, 8],
  'ml.m7i.xlarge': [4, 16],
  'ml.m7i.2xlarge': [8, 32],
  'ml.m7i.4xlarge': [16, 64],
  'ml.m7i.8xlarge': [32, 128],
  'ml.m7i.12xlarge': [48, 192],
  'ml.m7i.16xlarge': [64, 256],
  'ml.m7i.24xlarge': [96, 384],
  'ml.m7i.48xlarge': [192, 768],
  'ml.p2.xlarge': [4, 61, 1],
  'ml.p2.8xlarge': [32, 488, 8],
  'ml.p2.16xlarge': [64, 732, 16],
  'ml.p3.2xlarge': [8, 61, 1],
  'ml.p3.8xlarge': [32, 244, 4],
  'ml.p3.16xlarge': [64, 488, 8],
  'ml.p3dn.24xlarge': [96, 768, 8],
  'ml.p4d.24xlarge': [96, 1152, 8],
  'ml.p4de.24xlarge': [96, 1152, 8],
  'ml.p5.4xlarge': [16, 256, 1],
  'ml.p5.48xlarge': [192, 2048, 8],
  'ml.p5e.48xlarge': [192, 2048, 8],
  'ml.p5en.48xlarge': [192, 2048, 8],
  'ml.p6-b200.48xlarge': [192, 2048, 8],
  'ml.p6-b300.48xlarge': [192, 4096, 8],
  'ml.p6e-gb200.36xlarge': [144, 960, 4],
  'ml.r5.large': [2, 16],
  'ml.r5.xlarge': [4, 32],
  'ml.r5.2xlarge': [8, 64],
  'ml.r5.4xlarge': [16, 128],
  'ml.r5.8xlarge': [32, 256],
  'ml.r5.12xlarge': [48, 384],
  'ml.r5.16xlarge': [64, 512],
  'ml.r5.24xlarge': [96, 768],
  'ml.r5d.large': [2, 16],
  'ml.r5d.xlarge': [4, 32],
  'ml.r5d.2xlarge': [8, 64],
  'ml.r5d.4xlarge': [16, 128],
  'ml.r5d.8xlarge': [32, 256],
  'ml.r5d.12xlarge': [48, 384],
  'ml.r5d.16xlarge': [64, 512],
  'ml.r5d.24xlarge': [96, 768],
  'ml.r7i.large': [2, 16],
  'ml.r7i.xlarge': [4, 32],
  'ml.r7i.2xlarge': [8, 64],
  'ml.r7i.4xlarge': [16, 128],
  'ml.r7i.8xlarge': [32, 256],
  'ml.r7i.12xlarge': [48, 384],
  'ml.r7i.16xlarge': [64, 512],
  'ml.r7i.24xlarge': [96, 768],
  'ml.r7i.48xlarge': [192, 1536],
  'ml.t3.medium': [2, 4],
  'ml.t3.large': [2, 8],
  'ml.t3.xlarge': [4, 16],
  'ml.t3.2xlarge': [8, 32],
  'ml.trn1.2xlarge': [8, 32],
  'ml.trn1.32xlarge': [128, 512],
  'ml.trn1n.32xlarge': [128, 512],
  'ml.trn2.48xlarge': [192, 2048],
};

/** Chips of AWS's own, which are in no other machine. */
const trainiumChips: Readonly<Record<string, number>> = {
  'ml.trn1.2xlarge': 1,
  'ml.trn1.32xlarge': 16,
  'ml.trn1n.32xlarge': 16,
  'ml.trn2.48xlarge': 16,
};

export interface InstanceSize {
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly gpus: number;
}

/** What this machine has to give. */
export interface MachineSize {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly gpus: number;
}

/** What each container of a type is given here. */
export interface InstanceShare {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Of `/dev/shm`; what is in it counts as memory of the container. */
  readonly sharedMemoryBytes: number;
  readonly gpus: number;
  /** Says so when the machine has less than the type; for the job's status message. */
  readonly capped?: string;
}

const gib = 2 ** 30;

/**
 * Half of the memory, as Linux gives a tmpfs of which nothing else is said. SageMaker publishes no figure: it is not the
 * 64 MB of a container that nobody asked for more (docs/assumptions.md).
 */
const sharedMemoryFraction = 0.5;

/** Undefined for a name that is no type of AWS's. */
export function instanceSizeOf(instanceType: string): InstanceSize | undefined {
  if (!Object.hasOwn(published, instanceType)) return undefined;
  const [vcpus, memoryGiB, gpus = 0] = published[instanceType] ?? [0, 0];
  return { vcpus, memoryBytes: memoryGiB * gib, gpus };
}

/** Why a job cannot run on the machine; undefined when it can. Fewer CPUs and less memory are no reason. */
export function instanceRefusal(instanceType: string, instances: number, machine: MachineSize): string | undefined {
  const chips = trainiumChips[instanceType];
  if (chips !== undefined) return `${instanceType} has ${count(chips, 'AWS Trainium chip')}, which no other machine has.`;
  const gpus = (instanceSizeOf(instanceType)?.gpus ?? 0) * instances;
  if (gpus <= machine.gpus) return undefined;
  const asks = instances === 1 ? `${instanceType} has` : `${instances} instances of ${instanceType} have`;
  const has = machine.gpus === 0 ? 'none that it could give to a container' : String(machine.gpus);
  return `${asks} ${count(gpus, 'NVIDIA GPU')}, and this machine has ${has}. They are found by CDI specifications: "nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml" writes one.`;
}

/** A container gets what its type has, and never more than the machine; the containers of a machine are not divided by it. */
export function instanceShare(instanceType: string, { vcpus, memoryBytes, gpus }: InstanceSize, machine: MachineSize): InstanceShare {
  const cpus = Math.min(vcpus, machine.cpus);
  const bytes = Math.min(memoryBytes, machine.memoryBytes);
  const isCapped = cpus < vcpus || bytes < memoryBytes;
  return {
    cpus,
    memoryBytes: bytes,
    sharedMemoryBytes: Math.floor(bytes * sharedMemoryFraction),
    gpus,
    ...(isCapped && { capped: `${instanceType} asks for ${vcpus} vCPUs and ${inGiB(memoryBytes)}; this machine gives ${cpus} and ${inGiB(bytes)}` }),
  };
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** With one digit when it is no whole number; in MiB when it is less than one. */
export const inGiB = (bytes: number): string => (bytes < gib ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Math.round((bytes / gib) * 10) / 10} GiB`);
