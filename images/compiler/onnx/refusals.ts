import { refuse, shown } from '../input-error.ts';

export { shown };

/** Neo's sentences about ONNX models: https://github.com/neo-ai/neo-loader (its messages). */
export function refuseFile(why: string): never {
  refuse(`InputConfiguration: Framework cannot load ONNX model. Please make sure the framework you select is correct. ${why}`);
}

export function refuseModel(why: string): never {
  refuse(`InputConfiguration: TVM cannot convert ONNX model. Please make sure the framework you selected is correct. ${why}`);
}

export function refuseOperators(names: readonly string[]): never {
  refuseModel(`The following operators are not implemented: {${names.map((name) => `'${name}'`).join(', ')}}`);
}
