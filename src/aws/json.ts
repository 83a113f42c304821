import { AwsError } from './aws-error.ts';
import type { Shape, Structure } from './shape.ts';

/** Deeper values than AWS's own shapes ever are. Only recursive shapes (SageMaker's SearchExpression) get near. */
const depthLimit = 64;

const wireNames: Readonly<Record<string, string>> = { string: 'STRING_VALUE', number: 'NUMBER_VALUE', boolean: 'TRUE_VALUE', object: 'START_OBJECT' };

function wrongType(value: unknown, wanted: string): never {
  const found = Array.isArray(value) ? 'START_ARRAY' : value === null ? 'VALUE_NULL' : (wireNames[typeof value] ?? 'UNKNOWN');
  throw new AwsError('SerializationException', `${found} can not be converted to ${wanted}`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an awsJson1.1 body. Strict, as AWS is: a wrong type is a `SerializationException`. Unknown members are ignored. */
export function decodeJson(shape: Structure, body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  return readStructure(shape, parsed, 0);
}

function readStructure(shape: Structure, value: unknown, depth: number): Record<string, unknown> {
  if (!isObject(value)) wrongType(value, 'a Structure');
  const output: Record<string, unknown> = {};
  let count = 0;
  // By what was sent, not by what could be: few of a structure's members are ever present.
  for (const key of Object.keys(value)) {
    const member = shape.byName.get(key);
    if (member === undefined || value[key] === null) continue;
    output[key] = readJson(member.shape, value[key], depth + 1);
    count += 1;
  }
  if (shape.form === 'union' && count > 1) throw new AwsError('SerializationException', `Only one member of the union ${shape.name} may be set.`);
  return output;
}

/** @param depth how many values this one is inside of */
function readJson(shape: Shape, value: unknown, depth = 0): unknown {
  if (depth > depthLimit) throw new AwsError('SerializationException', 'The request body is nested too deeply.');
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, value, depth);
    case 'list':
      return Array.isArray(value) ? value.map((item: unknown) => readJson(shape.item.shape, item, depth + 1)) : wrongType(value, 'a List');
    case 'map': {
      if (!isObject(value)) wrongType(value, 'a Map');
      // `fromEntries` defines own properties, so that a key `__proto__` is only a key.
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readJson(shape.value.shape, item, depth + 1)]));
    }
    case 'string':
      return typeof value === 'string' ? value : wrongType(value, 'a String');
    case 'number':
    case 'bigdecimal':
      return readNumber(value);
    case 'bigint':
      return Number.isInteger(value) ? BigInt(value as number) : wrongType(value, 'a Long');
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(value, 'a Boolean');
    case 'timestamp':
      return readTimestamp(value);
    case 'blob':
    case 'stream':
      return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : wrongType(value, 'a Blob');
    case 'document':
      return value;
  }
}

function readNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  return wrongType(value, 'a Number');
}

function readTimestamp(value: unknown): Date {
  const date = new Date(typeof value === 'number' ? value * 1000 : typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? wrongType(value, 'a Timestamp') : date;
}

/** A value ready for `JSON.stringify`. Members that the shape does not have are left out. */
function writeJson(shape: Shape, value: any): unknown {
  switch (shape.kind) {
    case 'structure': {
      const output: Record<string, unknown> = {};
      for (const { name, shape: inner } of shape.members) {
        const item: unknown = value[name];
        if (item !== undefined && item !== null) output[name] = writeJson(inner, item);
      }
      return output;
    }
    case 'list':
      return (value as readonly unknown[]).map((item) => writeJson(shape.item.shape, item));
    case 'map':
      return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, writeJson(shape.value.shape, item)]));
    case 'timestamp': {
      const date = value as Date;
      if (shape.format === 'date-time') return date.toISOString();
      return shape.format === 'http-date' ? date.toUTCString() : date.getTime() / 1000;
    }
    case 'blob':
    case 'stream':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'bigint':
      return Number(value);
    case 'string':
    case 'number':
    case 'bigdecimal':
    case 'boolean':
    case 'document':
      return value;
  }
}

/** The body of an awsJson1.1 reply. An operation without an output answers an empty body. */
export function encodeJson(shape: Structure, value: unknown): string {
  return shape.name === 'Unit' ? '' : JSON.stringify(writeJson(shape, value));
}
