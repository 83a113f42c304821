import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { downloadModel } from './model-archive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-model-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const answering = (...chunks: readonly (string | Error)[]) => ({
  getObject: async (): Promise<Response> => {
    const body = new ReadableStream({
      pull(controller) {
        for (const chunk of chunks)
          if (chunk instanceof Error) return controller.error(chunk);
          else controller.enqueue(Buffer.from(chunk));
        controller.close();
      },
    });
    return await Promise.resolve(new Response(body));
  },
});

it('writes a model whole, and through no link', async () => {
  writeFileSync(join(folder, 'other'), 'of somebody');
  symlinkSync('other', join(folder, 'model.part'));
  await downloadModel(answering('a ', 'model'), 's3://b/k', join(folder, 'model'));
  expect(readdirSync(folder)).toEqual(['model', 'other']);
  expect(['model', 'other'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['a model', 'of somebody']);
});

it('leaves nothing of one that broke off', async () => {
  await expect(downloadModel(answering(new Error('cut')), 's3://b/k', join(folder, 'model'))).rejects.toThrow('cut');
  expect(readdirSync(folder)).toEqual([]);
});
