import { expect, it } from 'vitest';
import { parseRegistries } from '../../model/job/registries.ts';
import { ImageNotPulled, type PullOptions } from '../../drivers/container/image-store.ts';
import { ImagePulls } from './image-pulls.ts';

const registries = parseRegistries(['registry.example', 'http://plain.example:5000']);
const forever = new AbortController().signal;

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

function pulling(forgotten = Promise.resolve()) {
  const asked: { name: string; options: PullOptions; answer: PromiseWithResolvers<void> }[] = [];
  const store = {
    forgetPulls: async () => await forgotten,
    pull: async (name: string, options: PullOptions): Promise<void> => {
      const answer = Promise.withResolvers<void>();
      options.signal.addEventListener('abort', () => answer.reject(options.signal.reason));
      asked.push({ name, options, answer });
      await answer.promise;
    },
  };
  return { asked, pulls: new ImagePulls(store, { registries, registryAuthFile: '/auth.json' }) };
}

it('asks a registry as the operator said', async () => {
  const { asked, pulls } = pulling();
  const both = ['registry.example/a', 'plain.example:5000/a'].map(async (image) => await pulls.pull(image, forever));
  await turn();
  expect(asked.map(({ name, options: { isPlain, authFile } }) => [name, isPlain, authFile])).toEqual([
    ['registry.example/a', false, '/auth.json'],
    ['plain.example:5000/a', true, '/auth.json'],
  ]);
  for (const { answer } of asked) answer.resolve();
  await Promise.all(both);
});

it.each(['other.example/a', 'a', 'registry.example:5000/a', 'plain.example/a'])('never asks for %s', async (image) => {
  const { asked, pulls } = pulling();
  expect(pulls.allows(image)).toBe(false);
  await expect(pulls.pull(image, forever)).rejects.toThrow(ImageNotPulled);
  expect(asked).toEqual([]);
});

it('pulls once for all who ask meanwhile; who is stopped waits no longer, and the others get it', async () => {
  const { asked, pulls } = pulling();
  const stop = new AbortController();
  const stopped = pulls.pull('registry.example/a', stop.signal);
  const other = pulls.pull('registry.example/a', forever);
  stop.abort(new Error('stopped'));
  await expect(stopped).rejects.toThrow('stopped');
  await turn();
  expect(asked).toHaveLength(1);
  asked[0]?.answer.resolve();
  await other;
  const again = pulls.pull('registry.example/a', forever);
  await turn();
  expect(asked).toHaveLength(2);
  asked[1]?.answer.reject(new ImageNotPulled('no'));
  await expect(again).rejects.toThrow('no');
});

it('ends what is under way with the daemon', async () => {
  const { pulls } = pulling();
  const pull = pulls.pull('registry.example/a', forever).catch(String);
  await turn();
  await pulls.stop();
  expect(await pull).toContain('aborted');
});

it('asks no registry before what an earlier daemon left half fetched is gone, nor when it cannot be taken away', async () => {
  const forgotten = Promise.withResolvers<void>();
  const { asked, pulls } = pulling(forgotten.promise);
  const pull = pulls.pull('registry.example/a', forever);
  await turn();
  expect(asked).toEqual([]);
  forgotten.resolve();
  await turn();
  expect(asked).toHaveLength(1);
  asked[0]?.answer.resolve();
  await pull;
  const refused = pulling(Promise.reject(new Error('the disk is broken')));
  await expect(refused.pulls.pull('registry.example/a', forever)).rejects.toThrow('the disk is broken');
  expect(refused.asked).toEqual([]);
});
