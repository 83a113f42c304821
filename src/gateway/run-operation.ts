import { AwsError } from '../aws/aws-error.ts';
import type { ServiceModel } from '../aws/service-model.ts';
import type { Arrival } from '../model/arrival.ts';
import type { Demand } from '../model/policy/decision.ts';
import type { Principal } from '../model/policy/principal.ts';
import type { RequestMarks } from '../model/policy/request-marks.ts';
import type { Operation, OperationContext, Refusal } from '../services/operation.ts';
import { withDeadline } from '../stdx/deadline.ts';
import { denial } from './denial.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { RefusalRecord } from './records.ts';

/** How long an operation may prepare. Nothing that it waits for then takes as long. */
const prepareDeadlineMs = 60_000;
/** One call may be about a thousand keys: the first of its refusals say why. */
const refusalsOfRequestMax = 16;
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

  /** @param of the operation that it is for */
  context(
    requestId: string,
    principal: Principal,
    arrival: Arrival,
    of: Pick<RefusalRecord, 'service' | 'operation'>,
    marks?: RequestMarks,
  ): OperationContext {
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
      marks,
      now,
      store,
      access,
      newId,
      newUuid: () => random.uuid(),
      wake,
      machine,
      chosenIds,
      blobPath,
      recordRefusal: this.#recorder(requestId, of),
      findRefusal: async (askedId) => await this.#findRefusal(askedId),
    };
  }

  /** Throws the refusal of the first demand that is not allowed. Returns the ARNs that were asked for. */
  authorise({ model, operation, input, context }: Call): readonly string[] {
    const demands = operation.authorize(input, context);
    for (const demand of demands) this.#judge(model, demand, context);
    return [...new Set(demands.map(({ resource }) => resource))];
  }

  /** The last of them: the one that the request ended with. */
  async #findRefusal(requestId: string): Promise<Refusal | undefined> {
    const record = (await this.#options.findRefusals(requestId)).at(-1);
    if (record === undefined) return undefined;
    const { principal, demand } = record.refused;
    return { principal, ...demand, decision: record.decision };
  }

  #recorder(requestId: string, of: Pick<RefusalRecord, 'service' | 'operation'>): OperationContext['recordRefusal'] {
    let recorded = 0;
    return (asked, decision) => {
      recorded += 1;
      if (recorded > refusalsOfRequestMax) return;
      this.#options.recordRefusal?.({ time: asked.now.toISOString(), requestId, ...of, refused: this.#options.access.caseOf(asked), decision });
    };
  }

  #judge(model: ServiceModel, demand: Demand, context: OperationContext): void {
    const { principal, arrival, requestId, now, marks } = context;
    const asked = { principal, arrival, demand, now, request: marks };
    const decision = this.#options.access.authorise(asked);
    if (decision.verdict === 'allow') return;
    context.recordRefusal(asked, decision);
    throw denial(model.service, demand, decision, requestId);
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
