import { AwsError } from './aws-error.ts';
import { decodeJson, encodeJson } from './json.ts';
import { type Form, formName, readForm } from './query.ts';
import type { ServiceModel } from './service-model.ts';
import type { OperationShape } from './shape.ts';
import { escapeXml, writeMembers, xmlDeclaration } from './xml-writer.ts';

/** The body of an awsJson request, or the form of an awsQuery or ec2Query one. */
export type RpcBody = { readonly json: Uint8Array } | { readonly form: Form };

export interface EncodedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Parameters of a form that are not the operation's. */
const envelope = new Set(['Action', 'Version', 'AWSAccessKeyId', 'Signature', 'SignatureMethod', 'SignatureVersion', 'Timestamp', 'SecurityToken']);

/** The input of an operation of one of the RPC services. */
export function readRpc(model: ServiceModel, operation: OperationShape, body: RpcBody): Record<string, unknown> {
  if ('json' in body) return decodeJson(operation.input, body.json);
  if (model.protocol === 'query') return readForm(operation.input, body.form, 'query');
  // EC2 refuses parameters it does not have; the other services pass over them.
  const known = parametersOf(operation);
  for (const name of body.form.fields.keys()) {
    if (known.has(name) || envelope.has(name) || name.startsWith('X-Amz-')) continue;
    throw new AwsError('UnknownParameter', `The parameter ${name} is not recognized`);
  }
  return readForm(operation.input, body.form, 'ec2');
}

const parameters = new WeakMap<OperationShape, ReadonlySet<string>>();

function parametersOf(operation: OperationShape): ReadonlySet<string> {
  let names = parameters.get(operation);
  if (names === undefined) {
    names = new Set(operation.input.members.map((member) => formName(member, 'ec2')));
    parameters.set(operation, names);
  }
  return names;
}

/** The reply to an operation of one of the RPC services. */
export function writeRpc(model: ServiceModel, operation: OperationShape, output: unknown, requestId: string): EncodedReply {
  const { name, output: shape } = operation;
  if (model.protocol === 'json') {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId };
    return { status: 200, headers, body: encodeJson(shape, output) };
  }
  const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
  const opening = `<${name}Response xmlns="${model.xmlNamespace}">`;
  const members = writeMembers(output ?? {}, shape.members);
  if (model.protocol === 'ec2') {
    const result = shape.members.length === 0 ? '<return>true</return>' : members;
    return { status: 200, headers, body: `${xmlDeclaration}${opening}<requestId>${requestId}</requestId>${result}</${name}Response>` };
  }
  const result = shape.members.length === 0 ? '' : `<${name}Result>${members}</${name}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return { status: 200, headers, body: `${opening}${result}${metadata}</${name}Response>` };
}

/** Where an error belongs, and the ids that its reply names. */
export interface ErrorPlace {
  readonly model: ServiceModel;
  readonly requestId: string;
  /** S3's second id (`x-amz-id-2`) and the path asked for. */
  readonly hostId?: string;
  readonly resource?: string;
  readonly method?: string;
}

/** An error in its protocol's form. Code and status are the model's, where it has the error. */
export function writeError(error: AwsError, place: ErrorPlace): EncodedReply {
  const { model, requestId } = place;
  const shape = model.shapes.error(error.code);
  const [queryCode, queryStatus] = shape?.traits.awsQueryError ?? [undefined, undefined];
  const status = error.status === 400 ? (queryStatus ?? shape?.traits.httpError ?? 400) : error.status;
  const code = escapeXml(queryCode ?? error.code);
  const message = escapeXml(error.message);
  switch (model.protocol) {
    case 'json': {
      // The message of SageMaker's three modelled errors is called `Message`.
      const messageName = shape?.byName.has('Message') === true ? 'Message' : 'message';
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId };
      return { status, headers, body: JSON.stringify({ __type: error.code, [messageName]: error.message, ...error.detail }) };
    }
    case 'ec2': {
      const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
      const errors = `<Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors>`;
      return { status, headers, body: `${xmlDeclaration}<Response>${errors}<RequestID>${requestId}</RequestID></Response>` };
    }
    case 'query': {
      const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
      const inner = `<Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
      const body = `<ErrorResponse xmlns="${model.xmlNamespace}">${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`;
      return { status, headers, body };
    }
    case 'rest-xml':
      return writeRestError(error, status, place);
  }
}

function writeRestError(error: AwsError, status: number, { requestId, hostId, resource, method }: ErrorPlace): EncodedReply {
  const { Region: region } = error.detail as { readonly Region?: string };
  // HeadBucket has no body to tell it in: clients look for the right region here.
  const hint = region === undefined ? {} : { 'x-amz-bucket-region': region };
  const headers = { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId ?? '', ...hint, ...error.headers };
  // RFC 9110: neither a reply to HEAD nor 304 has a body. What an unchanged object's headers are, the error says.
  if (status === 304) return { status, headers: { ...headers, ...error.detail }, body: '' };
  if (method === 'HEAD') return { status, headers: { ...headers, 'content-type': 'application/xml' }, body: '' };
  const elements = { Code: error.code, Message: error.message, ...error.detail, Resource: resource, RequestId: requestId, HostId: hostId };
  const inner = Object.entries(elements).map(([name, text]) => (text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`));
  return { status, headers: { ...headers, 'content-type': 'application/xml' }, body: `${xmlDeclaration}<Error>${inner.join('')}</Error>` };
}
