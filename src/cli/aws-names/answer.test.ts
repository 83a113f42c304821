import { decode, encode } from 'dns-packet';
import { expect, it } from 'vitest';
import { answerQuestion, resolvConfWith } from './answer.ts';

const ask = (name: string, type: 'A' | 'AAAA') => {
  const answer = answerQuestion(encode({ type: 'query', id: 7, questions: [{ name, type }] }), '127.83.51.1');
  return answer === undefined ? undefined : (decode(answer) as ReturnType<typeof decode> & { rcode: string });
};

it.each(['sts.us-east-1.amazonaws.com', 'any.bucket.s3.amazonaws.com', 'API.SageMaker.us-east-1.amazonaws.com', 's3.dualstack.us-east-1.api.aws'])(
  'has one address for %s',
  (name) => {
    expect(ask(name, 'A')).toMatchObject({ id: 7, rcode: 'NOERROR', answers: [{ name, data: '127.83.51.1' }] });
    expect(ask(name, 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [] });
  },
);

it.each(['example.com', 'amazonaws.com.example.com', 'notamazonaws.com'])('leaves %s to the servers of the machine', (name) => {
  expect(ask(name, 'A')).toMatchObject({ rcode: 'REFUSED', answers: [] });
  expect(resolvConfWith('127.83.51.1', 'nameserver 192.0.2.1\n')).toBe('nameserver 127.83.51.1\nnameserver 192.0.2.1\n');
});

it('says nothing to what it cannot read', () => {
  expect(answerQuestion(Buffer.from('no packet'), '127.83.51.1')).toBeUndefined();
});
