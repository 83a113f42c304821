import type { OperationShape, ShapeTable } from './shape.ts';
import type { Headers } from './headers.ts';

/** How one operation of S3 is recognised. */
interface Route {
  readonly operation: OperationShape;
  /** Of the `x-id` parameter that newer clients send, when the model has one. */
  readonly id: string | undefined;
  /** Query parameters that stand in the path template (`?uploads`), with their value where it has one. */
  readonly literals: readonly (readonly [string, string])[];
  readonly queries: readonly string[];
  readonly headers: readonly string[];
  /** How much it asks for: the most demanding route that fits is the one that is meant. */
  readonly score: number;
}

/**
 * Finds the operation of a REST request from the `http` traits alone: by method, by whether there is a bucket and a
 * key, by literal query parameters, and by the required query and header members. That tells even PutObject,
 * CopyObject, UploadPart and UploadPartCopy apart, without a table.
 */
export class RestRouter {
  readonly #shapes: ShapeTable;
  #routes: ReadonlyMap<string, readonly Route[]> | undefined;

  constructor(shapes: ShapeTable) {
    this.#shapes = shapes;
  }

  match(method: string, bucket: string, key: string, query: URLSearchParams, headers: Headers): OperationShape | undefined {
    this.#routes ??= readRoutes(this.#shapes);
    const id = query.get('x-id');
    const candidates = this.#routes.get(`${method} ${bucket !== ''} ${key !== ''}`) ?? [];
    const route = candidates.find(
      (candidate) =>
        (id === null || candidate.id === undefined || id === candidate.id) &&
        candidate.literals.every(([name, value]) => query.has(name) && (value === '' || query.get(name) === value)) &&
        candidate.queries.every((name) => query.has(name)) &&
        candidate.headers.every((name) => headers.has(name)),
    );
    return route?.operation;
  }
}

function readRoutes(shapes: ShapeTable): ReadonlyMap<string, readonly Route[]> {
  const routes = new Map<string, Route[]>();
  for (const name of shapes.operationNames) {
    const operation = shapes.operation(name);
    if (operation?.traits.http === undefined) continue;
    const [method, template] = operation.traits.http;
    const [path = '', parameters = ''] = template.split('?');
    // The bucket is part of the endpoint in the model, so it does not stand in the template.
    const hasBucket = operation.input.byName.get('Bucket')?.traits.httpLabel === 1;
    const place = `${method} ${hasBucket} ${path.includes('{Key+}')}`;
    const sorted = [...(routes.get(place) ?? []), readRoute(operation, parameters)].sort((a, b) => b.score - a.score);
    routes.set(place, sorted);
  }
  return routes;
}

function readRoute(operation: OperationShape, parameters: string): Route {
  const pairs = [...new URLSearchParams(parameters)];
  const literals = pairs.filter(([name]) => name !== 'x-id');
  const required = operation.input.members.filter((member) => member.required);
  const queries = required.flatMap(({ traits }) => traits.httpQuery ?? []);
  const headers = required.flatMap(({ traits }) => traits.httpHeader?.toLowerCase() ?? []);
  const id = pairs.find(([name]) => name === 'x-id')?.[1];
  return { operation, id, literals, queries, headers, score: literals.length * 2 + queries.length + headers.length };
}
