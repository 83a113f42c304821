import { deflateRawSync } from 'node:zlib';
import type { IamTag } from '../../store/iam.ts';
import { stsErrors } from './errors.ts';

/** Of the inline policy and the ARNs, as they are given. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const plainCharactersMax = 2_048;
/** AWS does not say how it packs, nor into how much: see docs/assumptions.md. */
const packedBytesMax = 2_048;

export interface Packed {
  readonly policy: string | undefined;
  readonly policyArns: readonly string[];
  readonly tags: readonly IamTag[];
}

/** What a session's policies and tags take of what they may, in percent; undefined without any. Refuses more than all of it. */
export function packedPolicySize({ policy, policyArns, tags }: Packed): number | undefined {
  const plain = [policy ?? '', ...policyArns].join('');
  if (plain.length > plainCharactersMax) throw stsErrors.policiesTooLong(plainCharactersMax);
  const parts = [plain, ...tags.flatMap(({ key, value }) => [key, value])].filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  const percent = Math.ceil((deflateRawSync(parts.join('\n')).length * 100) / packedBytesMax);
  if (percent > 100) throw stsErrors.packedPolicyTooLarge(percent);
  return percent;
}
