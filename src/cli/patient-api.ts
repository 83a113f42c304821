import { sleep } from '../stdx/deadline.ts';
import { systemClock } from '../stdx/clock.ts';
import { Api, ApiError } from './api.ts';
import { readRunningDaemon, type RunningDaemon } from './daemon-file.ts';

/** How long a daemon may be away, as while it is started anew. */
const daemonReturnMs = 60_000;
const pollMs = 250;

/**
 * With the credentials of the environment where it points here, as an SDK would take them, or else those of
 * the root user. A daemon that goes away is waited for, on whatever port it comes back.
 */
export class PatientApi {
  readonly #dataDirectory: string;
  readonly #onAway: () => void;

  /** @param onAway the daemon does not answer, and is waited for */
  constructor(dataDirectory: string, onAway: () => void) {
    // Throws when there is none to begin with.
    readRunningDaemon(dataDirectory);
    this.#dataDirectory = dataDirectory;
    this.#onAway = onAway;
  }

  async json(service: 'sagemaker' | 'logs', operation: string, input: unknown): Promise<unknown> {
    const awayAt = systemClock.monotonicMs();
    for (let tries = 1; ; tries += 1) {
      try {
        return await new Api(asCaller(readRunningDaemon(this.#dataDirectory), process.env)).json(service, operation, input);
      } catch (error) {
        const refused = error instanceof ApiError && error.code !== 'ServiceUnavailable';
        if (refused || systemClock.monotonicMs() - awayAt > daemonReturnMs) throw error;
        if (tries === 2) this.#onAway();
        await sleep(pollMs);
      }
    }
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Keys in the environment are those of another AWS unless its endpoint is this daemon. */
export function asCaller(daemon: RunningDaemon, environment: Environment): RunningDaemon & { readonly sessionToken?: string } {
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const pointsHere = endpoint !== undefined && URL.canParse(endpoint) && new URL(endpoint).port === new URL(daemon.endpoint).port;
  if (!pointsHere || accessKeyId === undefined || secretAccessKey === undefined) return daemon;
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return { ...daemon, accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
