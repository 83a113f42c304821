import type { BlobSlices } from '../store/blobs/blob.ts';

export type OperationName<M> = { [K in keyof M]: K extends `${infer Name}Command` ? Name : never }[keyof M] & string;
type Command<M, Name extends string> = `${Name}Command` extends keyof M ? M[`${Name}Command`] : never;
// The SDK's types are read from its command classes; `any` only stands for parameters that are not looked at.
type RawInput<C> = C extends abstract new (...parameters: any) => { readonly input: infer I } ? I : never;
type RawOutput<C> = C extends abstract new (...parameters: any) => { resolveMiddleware(...parameters: any): infer H }
  ? H extends (...parameters: any) => Promise<{ output: infer O }>
    ? O
    : never
  : never;

type Leaf = Date | Uint8Array | string | number | boolean | bigint;
/** Required members without `undefined`: the shape is validated before an operation sees it. */
type Defined<T> = T extends Leaf
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Defined<Item>[]
    : T extends object
      ? { readonly [K in keyof T as K extends 'Body' ? never : K]: {} extends Pick<T, K> ? Defined<T[K]> : Defined<Exclude<T[K], undefined>> }
      : T;

/** What operation `Name` of the SDK module `M` is given: validated, without its streamed body. */
export type Input<M, Name extends OperationName<M>> = Defined<RawInput<Command<M, Name>>>;
/** What it answers. A streamed body is slices of stored blobs. */
export type Output<M, Name extends OperationName<M>> = {
  [K in keyof Omit<RawOutput<Command<M, Name>>, '$metadata'>]: K extends 'Body' ? BlobSlices | undefined : RawOutput<Command<M, Name>>[K] | undefined;
};

/** A service: operation names to operations. A misspelt name, a wrong input or output is a compile error. */
export type Service<M> = { readonly [Name in OperationName<M>]?: import('./operation.ts').Operation<Input<M, Name>, Output<M, Name>, any> };
