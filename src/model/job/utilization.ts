/** What an instance had taken at a moment. */
export interface InstanceSample {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly disk?: { readonly usedBytes: number; readonly sizeBytes: number };
}

/**
 * As AWS names them, in percent: of one processor, so that two busy ones are 200; of the instance's memory; of its volume.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-jobs
 */
export interface Utilization {
  readonly at: string;
  readonly cpuUtilization: number;
  readonly memoryUtilization: number;
  readonly diskUtilization?: number;
  readonly peakMemoryBytes: number;
}

const percent = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.round((1_000 * part) / whole) / 10);

/** Undefined until two samples are there: the use of processors is what happened between them. */
export function utilizationOf(
  first: InstanceSample | undefined,
  second: InstanceSample,
  memoryBytes: number,
  peakMemoryBytes: number,
): Utilization | undefined {
  if (first === undefined || second.atMs <= first.atMs) return undefined;
  return {
    at: new Date(second.atMs).toISOString(),
    cpuUtilization: percent(1_000 * (second.cpuSeconds - first.cpuSeconds), second.atMs - first.atMs),
    memoryUtilization: percent(second.memoryBytes, memoryBytes),
    ...(second.disk !== undefined && { diskUtilization: percent(second.disk.usedBytes, second.disk.sizeBytes) }),
    peakMemoryBytes: Math.max(peakMemoryBytes, first.memoryBytes, second.memoryBytes),
  };
}

/** `CPUUtilization 98.5 %, MemoryUtilization 12 %, DiskUtilization 3 %, at most 512 MiB of memory` */
export function utilizationText({ cpuUtilization, memoryUtilization, diskUtilization, peakMemoryBytes }: Utilization): string {
  return [
    `CPUUtilization ${cpuUtilization} %`,
    `MemoryUtilization ${memoryUtilization} %`,
    ...(diskUtilization === undefined ? [] : [`DiskUtilization ${diskUtilization} %`]),
    `at most ${Math.ceil(peakMemoryBytes / 2 ** 20)} MiB of memory`,
  ].join(', ');
}
