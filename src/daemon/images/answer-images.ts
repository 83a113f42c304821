import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AwsError } from '../../aws/aws-error.ts';
import type { Reply, RequestHead } from '../../aws/message.ts';
import type { ImageStore } from '../../drivers/container/image-store.ts';
import { imageNamePattern } from '../../model/job/image-names.ts';
import type { ImagePulls } from './image-pulls.ts';
import type { ImageWorks } from './image-works.ts';

export interface ImageSources {
  readonly store: ImageStore;
  readonly works: ImageWorks;
  readonly pulls: Pick<ImagePulls, 'allows' | 'pull'>;
  /** Images that packages of the distribution make, and what makes one. */
  readonly distribution: {
    readonly names: readonly string[];
    ensure(name: string, options: { anew: boolean; tell: (step: string) => void; signal: AbortSignal }): Promise<void>;
  };
}

const path = '/_cloister/images';

const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(`${JSON.stringify(value)}\n`),
});

/**
 * `GET …/images`, `DELETE …/images?name=…`, and what takes minutes: `POST …/images/make?name=…` (of packages), `…/build?name=…&folder=…`,
 * `…/load?file=…` and `…/pull?name=…`, which answer with the work that `GET …/images/works/ID` tells about. Files are named, not sent: the daemon is
 * on the machine of its operator, and reads as root. Undefined when it is another path.
 */
export async function answerImages({ method, target }: RequestHead, { store, works, pulls, distribution }: ImageSources): Promise<Reply | undefined> {
  const [own = '', query = ''] = target.split('?');
  const parameters = new URLSearchParams(query);
  const name = parameters.get('name') ?? '';
  if (own === path && method === 'GET') return json(200, { images: await store.list() });
  if (own === path && method === 'DELETE') {
    return (await store.remove(name)) ? json(200, { name }) : json(404, { message: `there is no image ${name} that was built or loaded here` });
  }
  if (own.startsWith(`${path}/works/`) && method === 'GET') {
    const work = works.find(own.slice(`${path}/works/`.length));
    return work === undefined ? json(404, { message: 'this daemon knows of no such work' }) : json(200, work);
  }
  if (method !== 'POST') return undefined;
  if (own === `${path}/make`) {
    if (!distribution.names.includes(name)) throw invalid(`packages make ${distribution.names.join(', ')}, and not ${name}`);
    const anew = parameters.get('anew') === 'true';
    return json(
      200,
      works.start(async (tell, signal) => await distribution.ensure(name, { anew, tell, signal })),
    );
  }
  if (own === `${path}/build`) {
    const folder = await existing(parameters.get('folder'), 'folder');
    if (!imageNamePattern.test(name)) throw invalid(`an image cannot be named ${name}: small letters, digits, and one of . _ - / between them`);
    return json(
      200,
      works.start(async (tell, signal) => {
        tell(`building ${name} from ${folder}`);
        for (const line of (await store.build(name, folder, signal)).trimEnd().split('\n')) tell(line);
      }),
    );
  }
  if (own === `${path}/pull`) {
    if (!pulls.allows(name)) throw invalid(`${name} is of no registry that this daemon may pull from: cloister up --registry HOST names one`);
    return json(
      200,
      works.start(async (tell, signal) => {
        tell(`pulling ${name}`);
        await pulls.pull(name, signal);
      }),
    );
  }
  if (own !== `${path}/load`) return undefined;
  const file = await existing(parameters.get('file'), 'file');
  return json(
    200,
    works.start(async (tell, signal) => {
      tell(`loading ${file}`);
      for (const loaded of await store.load(file, signal)) tell(loaded);
    }),
  );
}

const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

async function existing(given: string | null, kind: 'file' | 'folder'): Promise<string> {
  if (given === null || !isAbsolute(given)) throw invalid(`the absolute path of a ${kind} is needed`);
  const status = await stat(given).catch(() => undefined);
  if (status === undefined || status.isDirectory() !== (kind === 'folder')) throw invalid(`${given} is no ${kind}`);
  return given;
}
