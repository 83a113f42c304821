import { ec2 } from '../services/ec2/registry.ts';
import { iam } from '../services/iam/registry.ts';
import { logs } from '../services/logs/registry.ts';
import { s3 } from '../services/s3/registry.ts';
import { sagemaker } from '../services/sagemaker/registry.ts';
import { sts } from '../services/sts/registry.ts';
import type { Registries } from './parts.ts';

/** Every operation that is built, by service and AWS's name. */
export const registries: Registries = { ec2, iam, logs, s3, sagemaker, sts };
