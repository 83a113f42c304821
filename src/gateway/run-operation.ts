import { AwsError } from '../aws/aws-error.ts';
import type { ServiceModel } from '../aws/service-model.ts';
import type { Arrival } from '../model/arrival.ts';
import type { Demand } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { Operation, OperationContext } from '../services/operation.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { denial } from './denial.ts';
import type { GatewayOptions } from './gateway-options.ts';

/** How long an operation may prepare. Nothing that it waits for then takes as long. */
const prepareDeadlineMs = 60_000;
const resetMeanwhile = 'Cloister was reset while the request was under way. Please try again.';

/** One call of one operation, whichever door it came in by. */
export interface Call {
  readonly model: ServiceModel;
  readonly name: string;
  readonly operation: Operation<any, any, any>;
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: OperationContext;
}

/** The one chain: authorise → prepare → commit → after. */
export class OperationRunner {
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  context(requestId: string, principal: Principal, arrival: Arrival): OperationContext {
    const { accountId, region, store, access, machine, wake, blobPath, clock, random } = this.#options;
    const chosenIds = this.#options.chosenIds && principal.type === 'root';
    const newId = (prefix: string): string => {
      // 68 random bits: a second round happens to nobody, an id given twice would break policies.
      let id = `${prefix}-${random.hex(17)}`;
      while (!store.identifiers.spend(id)) id = `${prefix}-${random.hex(17)}`;
      return id;
    };
    const now = clock.now();
    return {
      accountId: 'accountId' in principal ? principal.accountId : accountId,
      region,
      requestId,
      principal,
      arrival,
      now,
      store,
      access,
      newId,
      newUuid: () => random.uuid(),
      wake,
      machine,
      chosenIds,
      blobPath,
    };
  }

  /** Throws the refusal of the first demand that is not allowed. Returns the ARNs that were asked for. */
  authorise({ model, name, operation, input, context }: Call): readonly string[] {
    const demands = operation.authorize(input, context);
    for (const demand of demands) this.#judge(model, name, demand, context);
    return [...new Set(demands.map(({ resource }) => resource))];
  }

  #judge(model: ServiceModel, name: string, demand: Demand, context: OperationContext): void {
    const { access, recordRefusal } = this.#options;
    const { principal, arrival, requestId } = context;
    const time = context.now.toISOString();
    const decision = access.authorise({ principal, arrival, demand, now: context.now });
    if (decision.verdict === 'allow') return;
    const { action, resource } = demand;
    recordRefusal?.({ time, requestId, service: model.service, operation: name, principal, arrival, action, resource, decision });
    throw denial(model.service, principal, demand, decision, requestId);
  }

  /** After `authorise`. `received` is the blob of an operation that receives its body. */
  async run(call: Call, received?: unknown): Promise<any> {
    const { operation, input, context } = call;
    const prepared: unknown =
      operation.prepare === undefined ? received : await withDeadline('operation-prepare', prepareDeadlineMs, operation.prepare(input, context));
    if (this.#options.ended?.aborted === true) throw new AwsError('ServiceUnavailable', resetMeanwhile, { status: 503 });
    const output: unknown = this.#options.store.transact(() => operation.commit(input, context, prepared));
    try {
      operation.after?.(output, prepared, context);
    } catch (error) {
      // The rows are written: the caller's request has succeeded, whatever became of the rest.
      this.#options.log('after', { requestId: context.requestId, operation: call.name, error });
    }
    return output ?? {};
  }
}
