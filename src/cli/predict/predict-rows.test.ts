import { Readable, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { predictRows } from './predict-rows.ts';

/** Its predictions are a row's sum, and twice that. */
function adder() {
  let batches = 0;
  const predict = ({ rows, count, features }: { readonly rows: Float32Array; readonly count: number; readonly features: number }) => {
    batches += 1;
    const sums = Array.from({ length: count }, (_, row) =>
      rows.subarray(row * features, (row + 1) * features).reduce((sum, value) => sum + value, 0),
    );
    return Promise.resolve({ width: 2, values: Float32Array.from(sums.flatMap((sum) => [sum, 2 * sum])) });
  };
  return { artefact: { features: 2, runner: { predict } }, batches: () => batches };
}

function outputOf(error: () => Error | null) {
  const chunks: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: (error: Error | null) => void): void => {
    chunks.push(chunk.toString());
    done(error());
  };
  return { output: new Writable({ write }), text: () => chunks.join('') };
}

const none = () => null;

it('writes a line of predictions for each row', async () => {
  const { output, text } = outputOf(none);
  expect(await predictRows(adder().artefact, false, Readable.from(['1,2\n0.5,', '0.25\n']), output)).toBe(2);
  expect(text()).toBe('3,6\n0.75,1.5\n');
});

it('counts no rows where there are none', async () => {
  const { output, text } = outputOf(none);
  expect(await predictRows(adder().artefact, false, Readable.from([]), output)).toBe(0);
  expect(text()).toBe('');
});

it('ends when nobody reads on, and asks the model no more', async () => {
  const { artefact, batches } = adder();
  const { output } = outputOf(() => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await predictRows(artefact, false, Readable.from(['1,2\n'.repeat(20_000)]), output);
  expect(batches()).toBe(1);
});

it('fails by any other error of its output, and by a row that is none', async () => {
  const { output } = outputOf(() => Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  await expect(predictRows(adder().artefact, false, Readable.from(['1,2\n']), output)).rejects.toThrow('no space');
  await expect(predictRows(adder().artefact, false, Readable.from(['1,x\n']), outputOf(none).output)).rejects.toThrow('line 1, column 2');
});
