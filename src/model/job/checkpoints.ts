import { trustedAuthoritiesPaths } from './instance-layout.ts';
import type { AgentCheckpoints } from './agent-orders.ts';
import { parseS3Uri } from './s3-uri.ts';

/** Where a job keeps its checkpoints: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CheckpointConfig.html */
export interface CheckpointConfig {
  readonly S3Uri: string;
  readonly LocalPath?: string;
}

const checkpointsPathDefault = '/opt/ml/checkpoints';

/** Folders that the kernel or this job has already in a container. */
const kept = ['/proc', '/sys', '/dev', '/run', '/opt/ml', '/etc', ...trustedAuthoritiesPaths];

/** Without the slash at its end. */
export const checkpointsPathOf = ({ LocalPath = checkpointsPathDefault }: CheckpointConfig): string => LocalPath.replace(/\/+$/u, '');

/** Why the directory of checkpoints cannot be at a path of the container, or undefined. */
export function refusalOfCheckpointsPath(config: CheckpointConfig): string | undefined {
  const path = checkpointsPathOf(config);
  if (path === checkpointsPathDefault) return undefined;
  const segments = path.split('/').slice(1);
  if (!path.startsWith('/') || segments.some((segment) => ['', '.', '..'].includes(segment)))
    return `${config.LocalPath} is no absolute path of a folder.`;
  // Separates the fields of a mount.
  if (path.includes(':')) return 'a path that holds a colon cannot be mounted.';
  const inTheWay = kept.find((folder) => path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`));
  return inTheWay === undefined
    ? undefined
    : `${inTheWay} belongs to the container's own layout; within /opt/ml only ${checkpointsPathDefault} can be had.`;
}

/** The objects are below the location as below a folder. */
export function checkpointsLocation({ S3Uri }: CheckpointConfig): AgentCheckpoints | undefined {
  const location = parseS3Uri(S3Uri);
  if (location === undefined) return undefined;
  const { bucket, key } = location;
  return { bucket, prefix: key === '' || key.endsWith('/') ? key : `${key}/` };
}
