import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { needsImage } from '../fixtures/distribution-image.ts';
import { commandsOf, runAsUser } from './readme.ts';

const scriptMs = 170_000;

needsImage('cloister/compiler');
// The commands fetch it into the folder they run in.
afterAll(() => rmSync('model-LINUX_X86_64.tar.gz', { force: true }));

it(
  'compiles word for word the model that "Use it" has trained, and predicts',
  async () => {
    const output = await runAsUser('v1', [commandsOf('Use it'), commandsOf('A compiled model')].join('\n'), scriptMs);
    expect(output).toMatch(/^first-compiled: Completed$/mu);
    expect(output).toMatch(/^\d+ rows checked: equal bit for bit$/mu);
    expect(output.trimEnd().split('\n').slice(-3)).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^0\.\d+$/u)));
  },
  scriptMs,
);
