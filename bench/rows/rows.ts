import type { Row } from '../row.ts';
import { apiWhileBusy } from './api-while-busy.ts';
import { changeEffect } from './change-effect.ts';
import { compiledNetworks } from './compiled-networks.ts';
import { compiledTrees } from './compiled-trees.ts';
import { daemonStart } from './daemon-start.ts';
import { eniToEni } from './eni-to-eni.ts';
import { groupRules } from './group-rules.ts';
import { jobInput } from './job-input.ts';
import { jobsAtOnce } from './jobs-at-once.ts';
import { jobStart } from './job-start.ts';
import { oneMoreEni } from './one-more-eni.ts';
import { policyDecisions } from './policy-decisions.ts';
import { s3Get } from './s3-get.ts';
import { s3Put } from './s3-put.ts';
import { signedCalls } from './signed-calls.ts';

/** In the order of the design's "Numbers to hold". */
export const rows: readonly Row[] = [
  eniToEni,
  groupRules,
  s3Get,
  s3Put,
  apiWhileBusy,
  jobStart,
  jobsAtOnce,
  jobInput,
  signedCalls,
  oneMoreEni,
  changeEffect,
  policyDecisions,
  daemonStart,
  compiledNetworks,
  compiledTrees,
];
