import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/drivers/process/process.ts';
import { namespaceForTests } from './store.ts';

/** A namespace that looks to an agent like one of its ENIs: an interface, a resolver, and S3 with a certificate for its names. */
export interface TestVpc {
  /** Short: paths of sockets are. */
  readonly folder: string;
  readonly namespacePath: string;
  readonly certificateAuthorities: string;
  put(key: string, content: string | Buffer): Promise<void>;
  get(key: string): Promise<Buffer>;
  /** From now on S3 answers so much later. */
  delay(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

function makeCertificates(folder: string): void {
  const openssl = (...parameters: string[]): void => void execFileSync('openssl', parameters, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test');
  openssl('req', ...newKey, '-keyout', 's3.key', '-out', 's3.csr', '-subj', '/CN=s3');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:*.s3.us-east-1.amazonaws.com\n');
  openssl(
    'x509',
    '-req',
    '-in',
    's3.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    's3.pem',
    '-days',
    '2',
    '-extfile',
    'names',
  );
}

export async function vpcForTests(): Promise<TestVpc> {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-agent-'));
  const namespace = await namespaceForTests();
  const name = namespace.path.split('/').at(-1) ?? '';
  const commands = ['link set lo up', 'link add eth0 type veth peer name peer0', 'link set eth0 up', 'link set peer0 up'];
  const addresses = ['addr add 10.9.0.5/24 dev eth0', 'addr add 10.9.0.2/32 dev lo', 'addr add 198.18.0.1/32 dev lo'];
  for (const command of [...commands, ...addresses]) await run(['ip', '-n', name, ...command.split(' ')]);
  makeCertificates(folder);
  const program = [process.execPath, join(import.meta.dirname, 'vpc-services.ts'), join(folder, 's3.key'), join(folder, 's3.pem')];
  const services = spawn('nsenter', [`--net=${namespace.path}`, ...program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(services, 'message');

  let asked = 0;
  const ask = async (message: object): Promise<string | undefined> => {
    const id = ++asked;
    const answer = Promise.withResolvers<string | undefined>();
    const listen = (reply: { id: number; object?: string }): void => {
      if (reply.id !== id) return;
      services.off('message', listen);
      answer.resolve(reply.object);
    };
    services.on('message', listen);
    services.send({ ...message, id });
    return answer.promise;
  };
  return {
    folder,
    namespacePath: namespace.path,
    certificateAuthorities: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    put: async (key, content) => void (await ask({ put: [key, Buffer.from(content).toString('base64')] })),
    get: async (key) => Buffer.from((await ask({ get: key })) ?? '', 'base64'),
    delay: async (delayMs) => void (await ask({ delayMs })),
    dispose: async () => {
      services.disconnect();
      await namespace.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
