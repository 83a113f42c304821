import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProcessError } from '../../drivers/process/process.ts';
import { seededRandom } from '../../stdx/random.ts';
import { answerImages, type ImageSources } from './answer-images.ts';
import { type ImageWork, ImageWorks } from './image-works.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloister-images-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const python = { name: 'cloister/python', imageId: 'ab', sizeBytes: 1, createdAt: '2026-11-26T00:00:00Z' };

function sources(build: (name: string) => Promise<string> = async (name) => await Promise.resolve(`built ${name}\n`)): ImageSources {
  return {
    store: {
      list: async () => await Promise.resolve([python]),
      load: async () => await Promise.resolve(['mine:1']),
      build,
      forgetPulls: async () => await Promise.resolve(),
      pull: async () => await Promise.resolve(),
      remove: async (name) => await Promise.resolve(name === 'mine:1'),
    },
    pulls: { allows: (name) => name.startsWith('registry.example/'), pull: async () => await Promise.resolve() },
    works: new ImageWorks({ random: seededRandom(1), log: () => undefined }),
    distribution: { names: ['cloister/python'], ensure: async (_name, { tell }) => await Promise.resolve(tell('made')) },
  };
}

const ask = async (from: ImageSources, method: string, target: string): Promise<{ status: number; value: unknown } | undefined> => {
  const reply = await answerImages({ method, target: `/_cloister/${target}`, headers: [] } as never, from);
  return reply === undefined ? undefined : { status: reply.status, value: JSON.parse(Buffer.from(reply.body as Uint8Array).toString()) };
};

async function ended(from: ImageSources, target: string): Promise<ImageWork> {
  const begun = (await ask(from, 'POST', target))?.value as ImageWork;
  for (;;) {
    const work = (await ask(from, 'GET', `images/works/${begun.workId}`))?.value as ImageWork;
    if (work.state !== 'running') return work;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('lists and removes', async () => {
  expect(await ask(sources(), 'GET', 'images')).toEqual({ status: 200, value: { images: [python] } });
  expect(await ask(sources(), 'DELETE', 'images?name=mine%3A1')).toMatchObject({ status: 200 });
  expect(await ask(sources(), 'DELETE', 'images?name=cloister%2Fpython')).toMatchObject({ status: 404 });
  expect(await ask(sources(), 'GET', 'other')).toBeUndefined();
});

it('makes, builds and loads, and tells how far it is', async () => {
  expect(await ended(sources(), 'images/make?name=cloister%2Fpython')).toMatchObject({ state: 'done', steps: ['made'] });
  expect(await ended(sources(), `images/build?name=mine%3A1&folder=${folder}`)).toMatchObject({
    state: 'done',
    steps: [`building mine:1 from ${folder}`, 'built mine:1'],
  });
});

it('pulls what may be pulled', async () => {
  const name = 'registry.example/team/a:1';
  expect(await ended(sources(), `images/pull?${new URLSearchParams({ name }).toString()}`)).toMatchObject({
    state: 'done',
    steps: [`pulling ${name}`],
  });
});

it("fails with the program's own words, and goes on with the next", async () => {
  const failing = sources(async (name) =>
    name === 'a' ? await Promise.reject(new ProcessError(['podman'], 125, 'image not known\n')) : await Promise.resolve('built\n'),
  );
  expect(await ended(failing, `images/build?name=a&folder=${folder}`)).toMatchObject({ state: 'failed', message: 'image not known' });
  expect(await ended(failing, `images/build?name=b&folder=${folder}`)).toMatchObject({ state: 'done' });
});

it('kills what is under way at the end of the daemon, and begins nothing any more', async () => {
  const { works } = sources();
  const { workId } = works.start(async (_tell, signal) => {
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  });
  await works.stop();
  expect(works.find(workId)?.state).toBe('failed');
  expect(() => works.start(async () => await Promise.resolve())).toThrow(/ending/);
});

it.each([
  ['images/make?name=cloister%2Fgbt', /packages make cloister\/python/],
  ['images/pull?name=other.example%2Fa', /of no registry that this daemon may pull from/],
  ['images/build?name=A%20B&folder=/', /cannot be named A B/],
  ['images/build?name=a&folder=here', /absolute path of a folder/],
  ['images/load?file=/', /\/ is no file/],
])('refuses %s', async (target, words) => {
  await expect(ask(sources(), 'POST', target)).rejects.toThrow(words);
});
