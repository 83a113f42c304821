import type { SimpleShape, TimestampFormat } from './shape.ts';

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const seconds = /^\d+(\.\d+)?$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** A simple value from its text (form field, XML element, header, query parameter); undefined when it is not one. */
export function readText(shape: SimpleShape, text: string): unknown {
  switch (shape.kind) {
    case 'number':
    case 'bigdecimal':
      return decimal.test(text) || /^(NaN|-?Infinity)$/.test(text) ? Number(text) : undefined;
    case 'bigint':
      return /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
    case 'boolean':
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
    case 'timestamp': {
      const date = new Date(seconds.test(text) ? Number(text) * 1000 : text);
      return Number.isNaN(date.getTime()) ? undefined : date;
    }
    case 'blob':
    case 'stream':
      return base64.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
    case 'string':
    case 'document':
      return text;
  }
}

/** The text of a simple value. `format` is the usual form of a timestamp at this place. */
export function writeText(shape: SimpleShape, value: any, format: TimestampFormat = 'date-time'): string {
  switch (shape.kind) {
    case 'timestamp': {
      const date = value as Date;
      const form = shape.format ?? format;
      if (form === 'date-time') return date.toISOString();
      return form === 'http-date' ? date.toUTCString() : String(date.getTime() / 1000);
    }
    case 'blob':
    case 'stream':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'string':
    case 'number':
    case 'bigint':
    case 'bigdecimal':
    case 'boolean':
    case 'document':
      return String(value);
  }
}
