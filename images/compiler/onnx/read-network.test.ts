import { describe, expect, it } from 'vitest';
import { InputError } from '../input-error.ts';
import { emitNetwork } from './emit-c.ts';
import { perceptron } from './digit-networks.ts';
import { interpret } from './interpret.ts';
import { field, model, node, tensor, valueInfo, varint, type Graph } from './model-writer.ts';
import { optimise } from './optimise.ts';
import { readNetwork, withOwnOutputs, type Reading } from './read-network.ts';

const base: Graph = { nodes: [node('Relu', ['x'], ['y'])], inputs: [valueInfo('x', [2, 3])], outputs: [valueInfo('y', [2, 3])] };

/** The refusal of a graph, without Neo's preamble. */
function refusal(graph: Partial<Graph>, reading: Reading = {}): string {
  return refusalOf(model({ ...base, ...graph }), reading);
}

function refusalOf(bytes: Buffer, reading: Reading = {}): string {
  try {
    readNetwork(bytes, reading);
  } catch (error) {
    if (error instanceof InputError) return error.message.replace(/^InputConfiguration: .*? is correct\. /u, '');
    throw error;
  }
  throw new Error('the graph was read');
}

const conv = (attributes: Parameters<typeof node>[3]) => ({
  nodes: [node('Conv', ['x', 'w'], ['y'], attributes)],
  inputs: [valueInfo('x', [1, 1, 5, 5])],
  tensors: [tensor('w', [1, 1, 3, 3], new Float32Array(9).fill(1))],
});

describe('what is refused', () => {
  it.each<readonly [string, string, Partial<Graph>]>([
    [
      'operators, all of them by name',
      `The following operators are not implemented: {'LSTM', 'If'}`,
      { nodes: [node('LSTM', ['x'], ['a']), node('If', ['a'], ['b']), node('LSTM', ['b'], ['y'])] },
    ],
    ['an attribute that no case has shown', 'auto_pad VALID is not supported in Conv.', conv({ auto_pad: 'VALID' })],
    ['an attribute that is not known', 'secret is not supported in Relu.', { nodes: [node('Relu', ['x'], ['y'], { secret: 1 })] }],
    ['a missing attribute', 'Required attribute axis not found in Concat.', { nodes: [node('Concat', ['x', 'x'], ['y'])] }],
    ['a missing input', 'Required input 1 not found in Add.', { nodes: [node('Add', ['x'], ['y'])] }],
    ['an input that the operator does not have', 'Input 1 is not supported in Relu.', { nodes: [node('Relu', ['x', 'x'], ['y'])] }],
    ['a cycle', 'The graph has a cycle.', { nodes: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])] }],
    ['an array that nothing makes', '"nothing" is made by no node.', { nodes: [node('Relu', ['nothing'], ['y'])] }],
    ['an array that is made twice', '"y" is made twice.', { nodes: [node('Relu', ['x'], ['y']), node('Relu', ['x'], ['y'])] }],
    ['a shape that is not known', 'Input "x" has a dynamic shape: give its shape in DataInputConfig.', { inputs: [valueInfo('x', ['batch', 3])] }],
    ['a huge shape', 'The shape [2147483647, 2147483647] is too large.', { inputs: [valueInfo('x', [2_147_483_647, 2_147_483_647])] }],
    [
      'much memory by little text',
      'The network needs too much memory.',
      {
        nodes: [...Array(6).keys()].map((at) => node('Relu', [at === 0 ? 'x' : `y${at}`], [at === 5 ? 'y' : `y${at + 1}`])),
        inputs: [valueInfo('x', [2 ** 26])],
      },
    ],
    [
      'a tensor that is cut off',
      'Tensor "w" has 8 values, not 9: the file is cut off or no ONNX model.',
      { ...conv({}), tensors: [tensor('w', [1, 1, 3, 3], new Float32Array(8))] },
    ],
    ['a tensor of a negative extent', 'Tensor "w" has the shape [-1, -9].', { ...conv({}), tensors: [tensor('w', [-1, -9], new Float32Array(9))] }],
    [
      'a window larger than its image',
      'A window of [3, 3] on an image of [2, 2] is not supported in Conv.',
      { ...conv({}), inputs: [valueInfo('x', [1, 1, 2, 2])] },
    ],
    ['an operator set of the future', 'Operator set 18 is not supported: known are 1 to 17.', { version: 18 }],
    [
      'shapes that do not fit',
      'The shapes [2, 3] and [4] do not fit together.',
      { nodes: [node('Add', ['x', 'z'], ['y'])], inputs: [valueInfo('x', [2, 3]), valueInfo('z', [4])] },
    ],
    ['a reshape by the input', 'A shape that is not constant is not supported in Reshape.', { nodes: [node('Reshape', ['x', 'x'], ['y'])] }],
    ['integers as a result', 'Data type int64 is not supported in Relu.', { nodes: [node('Shape', ['x'], ['s']), node('Relu', ['s'], ['y'])] }],
  ])('%s', (_, words, graph) => {
    expect(refusal(graph)).toBe(words);
  });

  it('a tensor in another file, wherever that would be', () => {
    const external = Buffer.concat([
      field(1, 1),
      field(2, 1),
      field(8, 'w'),
      field(13, Buffer.concat([field(1, 'location'), field(2, '../../etc/passwd')])),
      field(14, 1),
    ]);
    expect(refusal({ ...conv({}), tensors: [external] })).toBe('Tensor "w" is in a file of its own: give one .onnx file that holds everything.');
  });

  it('an input of DataInputConfig that the model lacks, or another shape than it has', () => {
    expect(refusal({}, { shapes: { z: [1] } })).toBe('DataInputConfig has an input "z"; those of the model are "x".');
    expect(refusal({}, { shapes: { x: [2, 4] } })).toBe('DataInputConfig gives input "x" the shape [2, 4], the model [2, 3].');
  });

  it('what is no ONNX file', () => {
    expect(refusalOf(Buffer.from('PK\u0003\u0004'))).toMatch(/is no ONNX model|is cut off/u);
    expect(refusalOf(Buffer.alloc(0))).toBe('The file holds no graph: it is no ONNX model.');
    expect(refusalOf(Buffer.concat([varint(8n), Buffer.alloc(12, 0xff)]))).toBe('An integer does not end: the file is cut off or no ONNX model.');
  });

  it('a model that is cut off anywhere', () => {
    const whole = perceptron();
    for (let length = 1; length < whole.length; length += 7_919) expect(refusalOf(whole.subarray(0, length))).toMatch(/cut off|no ONNX model/u);
  });
});

describe('what is read', () => {
  it('a shape that DataInputConfig fills in', () => {
    const { inputs } = readNetwork(model({ ...base, inputs: [valueInfo('x', ['batch', 3])] }), { shapes: { x: [5, 3] } });
    expect(inputs[0]?.value.dims).toEqual([5, 3]);
  });

  it('nodes in any order', () => {
    const network = readNetwork(model({ ...base, nodes: [node('Relu', ['a'], ['y']), node('Neg', ['x'], ['a'])] }));
    expect([...(interpret(network, [Float32Array.of(1, -2, 3, -4, 5, -6)])[0] ?? [])]).toEqual([0, 2, 0, 4, 0, 6]);
  });

  it('names that would be code, none of which becomes code', () => {
    const evil = '"; system("true"); //\n*/ #include "/etc/passwd"';
    const network = readNetwork(
      model({ nodes: [node('Relu', [evil], [`${evil}y`])], inputs: [valueInfo(evil, [4])], outputs: [valueInfo(`${evil}y`, [4])] }),
    );
    const { steps } = emitNetwork(optimise(withOwnOutputs(network)), { lanes: 8, sums: 12 });
    expect(steps.replaceAll(/^#include "[a-z-]+\.h"$/gmu, '')).not.toMatch(/system|passwd|["\\]/u);
  });

  it('one output twice, an input as an output, and a constant as an output', () => {
    const graph = {
      ...base,
      nodes: [node('Relu', ['x'], ['y']), node('Identity', ['x'], ['z']), node('Identity', ['k'], ['c'])],
      tensors: [tensor('k', [2], Float32Array.of(7, 8))],
    };
    const network = optimise(withOwnOutputs(readNetwork(model({ ...graph, outputs: ['y', 'y', 'z', 'c'].map((name) => valueInfo(name, [])) }))));
    const found = interpret(network, [Float32Array.of(1, -2, 3, -4, 5, -6)]).map((numbers) => [...numbers]);
    expect(found).toEqual([
      [1, 0, 3, 0, 5, 0],
      [1, 0, 3, 0, 5, 0],
      [1, -2, 3, -4, 5, -6],
      [7, 8],
    ]);
  });
});
