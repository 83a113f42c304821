import type { CompilationOutput } from '../../model/job/compilation-target.ts';
import type { VpcConfig } from '../job/job-context.ts';

/** What a saga reads of CreateCompilationJob's input, after the operation accepted it. */
export interface CompilationRequest {
  readonly CompilationJobName: string;
  readonly RoleArn: string;
  readonly InputConfig: {
    readonly S3Uri: string;
    readonly Framework: string;
    readonly FrameworkVersion?: string;
    readonly DataInputConfig?: string;
  };
  readonly OutputConfig: CompilationOutput;
  /** Absent: the network that SageMaker manages. */
  readonly VpcConfig?: VpcConfig;
  readonly StoppingCondition: { readonly MaxRuntimeInSeconds?: number; readonly MaxPendingTimeInSeconds?: number };
}
