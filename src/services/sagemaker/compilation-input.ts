import { parseLiteral } from '../../model/job/literal.ts';
import { parseS3Uri } from '../../model/job/s3-uri.ts';
import type { CreateCompilationJobInput } from './compilation-job-members.ts';
import { sagemakerErrors } from './errors.ts';

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InputConfig.html */
const versioned: ReadonlySet<string> = new Set(['MXNET', 'PYTORCH', 'TENSORFLOW', 'TFLITE']);

/** What a request must hold beside its shape. What is in the model, and how its inputs are described, the job itself finds out. */
export function checkCompilationInput({ InputConfig, OutputConfig }: CreateCompilationJobInput): void {
  if (InputConfig === undefined) throw sagemakerErrors.memberRequired('inputConfig');
  const { TargetDevice, TargetPlatform, CompilerOptions } = OutputConfig;
  if ((TargetDevice === undefined) === (TargetPlatform === undefined)) {
    throw sagemakerErrors.asAwsRefuses(
      `Exactly one of TargetDevice and TargetPlatform must be specified in OutputConfig; ${TargetDevice === undefined ? 'neither was' : 'both were'} given.`,
    );
  }
  if (InputConfig.FrameworkVersion !== undefined && !versioned.has(InputConfig.Framework ?? '')) {
    throw sagemakerErrors.asAwsRefuses(
      `Unsupported framework version field for framework ${InputConfig.Framework}. Framework version is only supported for MXNET, PYTORCH, TENSORFLOW and TFLITE.`,
    );
  }
  requireLocation('InputConfig.S3Uri', InputConfig.S3Uri ?? '');
  const { key = '' } = parseS3Uri(InputConfig.S3Uri ?? '') ?? {};
  if (key === '' || key.endsWith('/')) throw sagemakerErrors.memberRefused('InputConfig.S3Uri', 'it names no object: a model is one .tar.gz.');
  requireLocation('OutputConfig.S3OutputLocation', OutputConfig.S3OutputLocation);
  if (CompilerOptions !== undefined) checkOptions(CompilerOptions);
}

/** `https://` names an endpoint, not a bucket. */
function requireLocation(member: string, uri: string): void {
  if (parseS3Uri(uri) === undefined) throw sagemakerErrors.memberRefused(member, 'only s3:// locations are built.');
}

function checkOptions(text: string): void {
  try {
    parseLiteral(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw sagemakerErrors.asAwsRefuses(`Invalid CompilerOptions: ${reason}. Compiler options are given in JSON format.`);
  }
}
