import { parentPort } from 'node:worker_threads';
import { present } from '../../../../stdx/assert.ts';
import { systemClock } from '../../../../stdx/clock.ts';
import { ThreadLink } from '../../../../stdx/thread-link.ts';
import { run } from '../../../process/process.ts';
import { Tools } from '../tools.ts';
import type { FlowMethods } from './linux-flow-source.ts';
import { WatchedVpc } from './watched-vpc.ts';

/** The kernel's buffers hold many times what ends in a second; a full one makes it try again. */
const drainMs = 1_000;

const tools = new Tools(run);
const watched = new Map<string, WatchedVpc>();
let timer: NodeJS.Timeout | undefined;

/** The thread behind `LinuxFlowSource`. Routers are named by their namespaces. */
const methods = {
  async begin(router) {
    if (!watched.has(router)) watched.set(router, await WatchedVpc.open(router, tools, systemClock));
    timer ??= setInterval(() => watched.forEach((vpc) => vpc.drain()), drainMs);
  },
  read: async (router) => await watchedVpc(router).read(),
  nextPage: (router) => watchedVpc(router).nextPage(),
  end(router) {
    watched.get(router)?.close();
    watched.delete(router);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  },
} satisfies FlowMethods;

const watchedVpc = (router: string): WatchedVpc => present(watched.get(router), `packets are counted in ${router}`);

void new ThreadLink(present(parentPort, 'this file is the main file of a worker thread'), methods);
