import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

/** A request by HTTPS to a host name, which the VPC's resolver is asked for. */
export interface NamedRequest {
  readonly host: string;
  /** Where it goes instead of where the name leads. */
  readonly address?: string;
  readonly port?: number;
  readonly text: string;
}

export interface NamedAnswer {
  readonly addresses: readonly string[];
  /** 0 when none came; `text` says why. */
  readonly status: number;
  readonly text: string;
}

const programMs = 20_000;

/** The name is asked at `resolver`, then TLS is spoken as any client does: the certificate must be for the name. */
const program = `
const dns = require('node:dns'), tls = require('node:tls');
let input = '';
process.stdin.on('data', (chunk) => (input += chunk)).on('end', async () => {
  const { resolver, ca, requests } = JSON.parse(input);
  const names = new dns.promises.Resolver({ timeout: 2000, tries: 1 });
  names.setServers([resolver]);
  const answers = [];
  for (const { host, address, port = 443, text } of requests) {
    let addresses = [];
    try {
      if (address === undefined) addresses = (await names.resolve4(host)).sort();
      answers.push({ addresses, text: await ask(address ?? addresses[0], port, host, text) });
    } catch (error) { answers.push({ addresses, text: error.code ?? error.message }); }
  }
  process.stdout.write(JSON.stringify(answers));
  function ask(address, port, servername, text) {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = tls.connect({ host: address, port, servername, ca });
      socket.setTimeout(1500, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      socket.on('error', reject).on('data', (chunk) => (answer += chunk)).on('close', () => resolve(answer));
      socket.on('secureConnect', () => socket.write(text));
    });
  }
});`;

/** Sends requests one after the other from inside a namespace. */
export async function askByName(
  namespace: string,
  dataDirectory: string,
  requests: readonly NamedRequest[],
  resolver = '169.254.169.253',
): Promise<readonly NamedAnswer[]> {
  const { certificateAuthority } = JSON.parse(readFileSync(join(dataDirectory, 'daemon.json'), 'utf8')) as { certificateAuthority: string };
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: programMs,
  });
  child.stdin.end(JSON.stringify({ resolver, ca: readFileSync(certificateAuthority, 'utf8'), requests }));
  const answers = (await json(child.stdout)) as { addresses: string[]; text: string }[];
  return answers.map((answer) => ({ ...answer, status: Number(/^HTTP\/1\.1 (\d{3})/u.exec(answer.text)?.[1] ?? 0) }));
}
