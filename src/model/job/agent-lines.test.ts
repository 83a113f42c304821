import { expect, it } from 'vitest';
import { lineOf, linesOf } from './agent-lines.ts';
import { agentLineBytesMax } from './agent-orders.ts';

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of stream) all.push(line);
  return all;
}

it('puts lines together from any pieces, also from half a character', async () => {
  const bytes = Buffer.from('{"a":"ä"}\n{}\nrest').toString('latin1');
  expect(await collect(linesOf(chunks(bytes.slice(0, 7), bytes.slice(7, 11), bytes.slice(11))))).toEqual(['{"a":"ä"}', '{}']);
});

it('refuses a line without end', async () => {
  await expect(collect(linesOf(chunks('x'.repeat(agentLineBytesMax + 1))))).rejects.toThrow(/more than/);
});

it('writes one message as one line', () => {
  expect(lineOf({ type: 'hello', agentId: 'a\nb' })).toBe('{"type":"hello","agentId":"a\\nb"}\n');
});
