/** A program for inside a namespace: S3 at 198.18.0.1:443 and a resolver at 10.9.0.2:53. Its parent puts and gets objects. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { decode, encode } from 'dns-packet';
import { FakeS3 } from './fake-s3.ts';

const [keyPath = '', certificatePath = ''] = process.argv.slice(2);
const s3 = new FakeS3();
const server = createServer({ key: readFileSync(keyPath), cert: readFileSync(certificatePath) }, s3.handle);

const resolver = createSocket('udp4');
resolver.on('message', (message, from) => {
  const query = decode(message);
  const name = query.questions?.[0]?.name ?? '';
  const known = name.endsWith('.s3.us-east-1.amazonaws.com');
  const answers = known ? [{ type: 'A', name, ttl: 5, data: name.startsWith('nowhere.') ? '10.9.0.99' : '198.18.0.1' } as const] : [];
  const reply = encode({ type: 'response', id: query.id ?? 0, flags: 0x0180 | (known ? 0 : 3), questions: query.questions ?? [], answers });
  resolver.send(reply, from.port, from.address);
});

process.on('message', ({ put, get, delayMs, id }: { put?: [string, string]; get?: string; delayMs?: number; id: number }) => {
  if (put !== undefined) s3.objects.set(put[0], Buffer.from(put[1], 'base64'));
  if (delayMs !== undefined) {
    const handle = s3.handle;
    server.removeAllListeners('request');
    server.on('request', (request, response) => setTimeout(() => handle(request, response), delayMs));
  }
  process.send?.({ id, object: get === undefined ? undefined : s3.objects.get(get)?.toString('base64') });
});
process.on('disconnect', () => process.exit(0));

resolver.bind(53, '10.9.0.2', () => server.listen(443, '198.18.0.1', () => process.send?.({ id: 0 })));
