import { refuse } from '../input-error.ts';

const rankMost = 8;
const extentMost = 2 ** 31 - 1;

/** Shapes of inputs by name, of the JSON in DataInputConfig: `{"data": [1, 3, 224, 224]}`. */
export function shapesOf(config: unknown): Readonly<Record<string, readonly number[]>> {
  if (config === undefined) return {};
  if (typeof config !== 'object' || config === null) refuse('InputConfiguration: DataInputConfig is not dictionary or list.');
  // A list has no names: other frameworks' inputs are told apart by their order.
  if (Array.isArray(config)) refuse('InputConfiguration: DataInputConfig of an ONNX model is no list: give a dictionary of its inputs.');
  for (const [name, shape] of Object.entries(config))
    if (!isShape(shape)) refuse(`InputConfiguration: DataInputConfig gives input ${JSON.stringify(name.slice(0, 80))} no list of positive integers.`);
  return config as Readonly<Record<string, readonly number[]>>;
}

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.length <= rankMost && shape.every((extent) => Number.isInteger(extent) && extent >= 1 && extent <= extentMost);
