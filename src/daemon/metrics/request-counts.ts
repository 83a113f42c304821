import type { AuditRecord, RefusalRecord } from '../../gateway/records.ts';
import { assert } from '../../stdx/assert.ts';
import type { Registries } from '../parts.ts';
import type { Family } from './exposition.ts';
import { Histogram } from './histogram.ts';

/** The last part of an operator's path, as a metric names it. */
const operatorOperations = ['health', 'inspect', 'metrics', 'networks', 'refusals', 'reset'] as const;
/** What is none of the names that the daemon knows: an operation that is not built, a service that is not there. */
const other = 'other';
/** `none`: the client went away before there was an answer. */
const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const;
type StatusClass = (typeof statusClasses)[number];

interface Counted {
  readonly service: string;
  readonly operation: string;
  readonly byStatus: Map<StatusClass, number>;
  readonly durations: Histogram;
}

/** Counts what the gateway audits and what policies refuse. Every label is of a list that the daemon knows from its start. */
export class RequestCounts {
  readonly #operations: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #counted = new Map<string, Counted>();
  /** By `SOURCE VERDICT`. */
  readonly #refusals = new Map<string, number>();
  readonly #countedMax: number;

  constructor(registries: Registries) {
    const services = Object.entries(registries).map(([service, registry]) => [service, new Set(Object.keys(registry))] as const);
    this.#operations = new Map([...services, ['cloister', new Set<string>(operatorOperations)]]);
    // Of each service one more, and one for what has no service.
    this.#countedMax = [...this.#operations.values()].reduce((sum, operations) => sum + operations.size + 1, 1);
  }

  request({ service, operation, status, durationMs }: Pick<AuditRecord, 'service' | 'operation' | 'status' | 'durationMs'>): void {
    const counted = this.#of(service, service === 'cloister' ? operatorOperation(operation) : operation);
    const statusClass = classOf(status);
    counted.byStatus.set(statusClass, (counted.byStatus.get(statusClass) ?? 0) + 1);
    counted.durations.observe(durationMs / 1_000);
  }

  refusal({ decision }: Pick<RefusalRecord, 'decision'>): void {
    // A statement that denies, or the kind of policy in which no statement allows.
    const denying = decision.determining.find(({ effect }) => effect === 'Deny');
    const key = denying === undefined ? `${decision.missing ?? other} not-allowed` : `${denying.kind} denied`;
    this.#refusals.set(key, (this.#refusals.get(key) ?? 0) + 1);
  }

  families(): Family[] {
    const all = [...this.#counted.values()];
    return [
      {
        name: 'cloister_requests_total',
        type: 'counter',
        help: 'Requests that were answered, by service, operation and class of the HTTP status.',
        samples: all.flatMap(({ service, operation, byStatus }) =>
          Array.from(byStatus, ([status, value]) => ({ labels: { service, operation, status }, value })),
        ),
      },
      {
        name: 'cloister_request_duration_seconds',
        type: 'histogram',
        help: 'From the head of a request to its answer, without the sending of objects.',
        samples: all.flatMap(({ service, operation, durations }) => durations.samples({ service, operation })),
      },
      {
        name: 'cloister_refusals_total',
        type: 'counter',
        help: 'Calls that policies refused, by the kind of policy that determined it.',
        samples: Array.from(this.#refusals, ([key, value]) => {
          const [source = '', verdict = ''] = key.split(' ');
          return { labels: { source, verdict }, value };
        }),
      },
    ];
  }

  #of(serviceName: string | undefined, operationName: string | undefined): Counted {
    const known = this.#operations.get(serviceName ?? '');
    const service = known === undefined ? other : (serviceName ?? other);
    const operation = operationName !== undefined && known?.has(operationName) === true ? operationName : other;
    const key = `${service} ${operation}`;
    let counted = this.#counted.get(key);
    if (counted === undefined) {
      counted = { service, operation, byStatus: new Map(), durations: new Histogram() };
      this.#counted.set(key, counted);
      assert(this.#counted.size <= this.#countedMax, `there are ${this.#countedMax} operations to count`);
    }
    return counted;
  }
}

/** `/_cloister/networks/vpc-…` is `networks`. */
const operatorOperation = (path: string | undefined): string | undefined =>
  path === '/metrics' ? 'metrics' : path?.replace(/^\/(?:_cloister|_localstack|moto-api)\//u, '').split('/', 1)[0];

function classOf(status: number): StatusClass {
  const found = statusClasses[Math.floor(status / 100) - 1];
  return found ?? 'none';
}
