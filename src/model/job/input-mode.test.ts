import { expect, it } from 'vitest';
import { inputModeOf, refusalOfMode } from './input-mode.ts';

it('is the channel’s, or else the algorithm’s', () => {
  expect(inputModeOf('Pipe', undefined)).toBe('Pipe');
  expect(inputModeOf('Pipe', 'FastFile')).toBe('FastFile');
  expect(inputModeOf(undefined, undefined)).toBe('File');
});

it.each([
  [{ inputMode: 'File', compressionType: 'Gzip' }, 'Invalid compression type for channel train: File mode only supports NONE, got Gzip instead'],
  [
    { inputMode: 'FastFile', compressionType: 'Gzip' },
    'Invalid compression type for channel train: FastFile mode only supports NONE, got Gzip instead',
  ],
  [
    { inputMode: 'File', recordWrapperType: 'RecordIO' },
    'Invalid record wrapper type for channel train: File mode only supports NONE, got RecordIO instead',
  ],
  [{ inputMode: 'FastFile', dataType: 'AugmentedManifestFile', attributeNames: ['a'] }, 'only supported in Pipe mode, got FastFile mode'],
  [{ inputMode: 'Pipe', dataType: 'AugmentedManifestFile' }, 'needs at least one'],
  [{ inputMode: 'Pipe', dataType: 'S3Prefix', attributeNames: ['a'] }, 'only AugmentedManifestFile has attributes'],
] as const)('refuses %j', (channel, message) => {
  expect(refusalOfMode({ channelName: 'train', ...channel })).toContain(message);
});

it.each([
  { inputMode: 'File', compressionType: 'None', recordWrapperType: 'None' },
  { inputMode: 'FastFile', dataType: 'ManifestFile' },
  { inputMode: 'Pipe', compressionType: 'Gzip', recordWrapperType: 'RecordIO' },
  { inputMode: 'Pipe', dataType: 'AugmentedManifestFile', attributeNames: ['image-ref', 'label'] },
] as const)('takes %j', (channel) => {
  expect(refusalOfMode({ channelName: 'train', ...channel })).toBeUndefined();
});
