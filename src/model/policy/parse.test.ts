import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PolicyKind } from './decision.ts';
import { parsePolicy, policyCharactersMax, problemText } from './parse.ts';

const seed = Number(process.env['POLICY_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const kinds = fc.constantFrom<PolicyKind>('identity', 'resource', 'endpoint', 'session', 'boundary', 'trust');

it(`gives every text a policy or a problem, and never throws (seed ${seed})`, () => {
  const names = fc.constantFrom(
    'Version',
    'Statement',
    'Effect',
    'Action',
    'Resource',
    'Principal',
    'Condition',
    'StringEquals',
    'aws:x',
    '__proto__',
    'AWS',
  );
  const leaves = fc.constantFrom<unknown>('2012-10-17', 'Allow', '*', 's3:*', null, 7, true, '', [], {});
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof({ depthSize: 'medium' }, leaves, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(names, tie('tree'), { maxKeys: 5 })),
  }));
  fc.assert(
    fc.property(
      fc.oneof(
        tree.map((value) => JSON.stringify(value)),
        fc.string(),
      ),
      kinds,
      (text, kind) => {
        const { policy, problem } = parsePolicy(text, kind);
        expect(policy === undefined).toBe(problem !== undefined);
      },
    ),
    { seed, numRuns: 2_000 },
  );
});

it('reads a document of the largest size, and no larger one', () => {
  const document = (length: number): string => {
    const text = (id: string): string => `{"Id":"${id}","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`;
    return text('\\"'.repeat(1_000) + 'x'.repeat(length - text('').length - 2_000));
  };
  expect(parsePolicy(document(policyCharactersMax), 'identity').policy).toBeDefined();
  const { problem } = parsePolicy(document(policyCharactersMax + 1), 'identity');
  expect(problem === undefined ? '' : problemText(problem)).toBe('the document is longer than 131072 characters');
});

it('takes single values for lists', () => {
  const single = '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true}}}}';
  const listed =
    '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:*"],"Resource":["*"],"Condition":{"Bool":{"aws:SecureTransport":["true"]}}}]}';
  expect(parsePolicy(single, 'resource')).toEqual(parsePolicy(listed, 'resource'));
});
