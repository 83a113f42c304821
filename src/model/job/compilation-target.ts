import { joinS3Path } from './s3-uri.ts';

/** What a model is compiled for: a device, or a platform. Members are AWS's. */
export interface CompilationOutput {
  readonly S3OutputLocation: string;
  readonly TargetDevice?: string;
  readonly TargetPlatform?: { readonly Os: string; readonly Arch: string; readonly Accelerator?: string };
  readonly CompilerOptions?: string;
}

function targetParts({ TargetDevice, TargetPlatform }: CompilationOutput): readonly string[] {
  if (TargetPlatform === undefined) return [TargetDevice ?? ''];
  const { Os, Arch, Accelerator } = TargetPlatform;
  return [Os, Arch, ...(Accelerator === undefined ? [] : [Accelerator])];
}

/** `ml_c5`, `LINUX_X86_64`, `LINUX_ARM64_NVIDIA`: as Neo writes it into the name of its object. */
export const targetName = (output: CompilationOutput): string => targetParts(output).join('_');

/** The same for a compiler, which must tell the parts of `LINUX X86_64` apart. */
export const targetWords = (output: CompilationOutput): string => targetParts(output).join(' ');

const archiveEnd = '.tar.gz';

/** `s3://…/model-ml_c5.tar.gz`, of the input's `model.tar.gz`. */
export function compiledModelUri(inputUri: string, output: CompilationOutput): string {
  const file = inputUri.slice(inputUri.lastIndexOf('/') + 1);
  const stem = file.endsWith(archiveEnd) ? file.slice(0, -archiveEnd.length) : file;
  return joinS3Path(output.S3OutputLocation, `${stem}-${targetName(output)}${archiveEnd}`);
}
