import { expect, it } from 'vitest';
import { explainNames } from './explain-names.ts';

const daemon = {
  endpoint: 'http://127.0.0.1:4566',
  region: 'eu-west-1',
  certificateAuthority: '/state/certificates/authority.pem',
} as Parameters<typeof explainNames>[0];

it('names what is hard-wired, for the region, and where it would lead', () => {
  const text = explainNames(daemon).join('\n');
  for (const name of ['sts', 's3', 'BUCKET.s3']) expect(text).toContain(`#   127.0.0.1 ${name}.eu-west-1.amazonaws.com`);
  expect(text).toContain('it is at 4566: cloister up --port 443');
  expect(text).toContain('/state/certificates/authority.pem');
  expect(explainNames({ ...daemon, endpoint: 'http://127.0.0.1:443' }).join('\n')).not.toContain('cloister up --port');
});

it('is nothing to a shell', () => {
  for (const line of explainNames(daemon)) expect(line).toMatch(/^#(?: |$)/u);
});
