/** A rule of a bucket's CORS configuration. */
export interface CorsRule {
  readonly id?: string;
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
}

/** What a browser says of the page that asks. */
export interface CrossOriginRequest {
  readonly origin: string;
  readonly method: string;
  /** Of a preflight: the headers that the request would have. */
  readonly headers: readonly string[];
}

/**
 * The headers for the first rule that allows the request; undefined when none does.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function corsHeaders(rules: readonly CorsRule[], request: CrossOriginRequest): Readonly<Record<string, string>> | undefined {
  for (const rule of rules) {
    const origin = rule.allowedOrigins.find((pattern) => matchesOne(pattern, request.origin));
    if (origin === undefined || !rule.allowedMethods.includes(request.method) || !allowsHeaders(rule, request.headers)) continue;
    return answerOf(rule, request, origin === '*');
  }
  return undefined;
}

/** One `*` stands for any text. */
function matchesOne(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function allowsHeaders({ allowedHeaders }: CorsRule, headers: readonly string[]): boolean {
  return headers.every((header) => allowedHeaders.some((pattern) => matchesOne(pattern.toLowerCase(), header.toLowerCase())));
}

function answerOf(rule: CorsRule, { origin, headers }: CrossOriginRequest, isAnyOrigin: boolean): Record<string, string> {
  return {
    'access-control-allow-origin': isAnyOrigin ? '*' : origin,
    'access-control-allow-methods': rule.allowedMethods.join(', '),
    ...(headers.length === 0 ? {} : { 'access-control-allow-headers': headers.map((header) => header.toLowerCase()).join(', ') }),
    ...(rule.exposeHeaders.length === 0 ? {} : { 'access-control-expose-headers': rule.exposeHeaders.join(', ') }),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    // A browser takes no credentials along to everybody's origin.
    ...(isAnyOrigin ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}
