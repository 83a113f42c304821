import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { layout } from '../src/daemon/layout.ts';
import { namespaceName } from '../src/drivers/network/linux/namespaces.ts';
import { s3Address } from '../src/model/network/reserved.ts';
import { present } from '../src/stdx/assert.ts';
import { region, type DaemonLab } from '../test/kernel/daemon/lab.ts';
import { sdkSign } from '../test/wire/sdk-signer.ts';
import { makeFolder } from './folder.ts';
import { openLab } from './lab.ts';
import type { Leftovers } from './leftovers.ts';
import { Nginx, nginxAddress } from './nginx.ts';
import { run } from './programs.ts';
import type { Size } from './row.ts';
import { makeBodies, type Bodies } from './upload-bodies.ts';

type Scheme = 'http' | 'https';

const bucket = 'bench-data';
const host = `s3.${region}.amazonaws.com`;
/** Of an upload's target, so that nothing grows with the rounds. */
const uploadKey = 'upload';
const uploadName = 'upload.bin';

/** A VPC with a gateway endpoint, an interface in it where curl runs, and nginx in the endpoint's namespace beside Cloister. */
export class TransferLab {
  readonly sizeText: string;
  readonly #lab: DaemonLab;
  readonly #client: string;
  readonly #bodies: Bodies;
  readonly #nginx: Nginx;
  readonly #blob: string;

  private constructor(parts: { lab: DaemonLab; client: string; bodies: Bodies; nginx: Nginx; blob: string }) {
    this.#lab = parts.lab;
    this.#client = parts.client;
    this.#bodies = parts.bodies;
    this.#nginx = parts.nginx;
    this.#blob = parts.blob;
    this.sizeText = parts.bodies.bytes >= 2 ** 30 ? `${parts.bodies.bytes / 2 ** 30} GiB` : `${parts.bodies.bytes / 2 ** 20} MiB`;
  }

  static async open({ quick }: Size, leftovers: Leftovers): Promise<TransferLab> {
    const lab = await openLab(leftovers);
    const folder = makeFolder(leftovers);
    const bodies = await makeBodies(folder, quick ? 16 << 20 : 2 ** 30);
    const network = await lab.makeNetwork();
    await lab.makeS3Endpoint(network);
    const client = await lab.makeInterface(network);
    await lab.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    // One endpoint in this daemon: its first.
    const endpoint = namespaceName(lab.prefix, { kind: 'gateway-endpoint', number: 1 });
    const nginx = await Nginx.start({ namespace: endpoint, folder, leftovers });
    const transfer = new TransferLab({ lab, client: client.namespace, bodies, nginx, blob: '' });
    await transfer.putToS3('http', 'download');
    return new TransferLab({ lab, client: client.namespace, bodies, nginx, blob: largestFile(layout(lab.dataDirectory).blobs) });
  }

  async getFromS3(scheme: Scheme): Promise<number> {
    const headers = await this.#signed('GET', 'download', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
    return await this.#curl(scheme, { host, address: s3Address, path: `/${bucket}/download` }, headers);
  }

  async getFromNginx(scheme: Scheme): Promise<number> {
    const path = this.#nginx.pathOf(this.#blob);
    return await this.#curl(scheme, { host: 'nginx.invalid', address: nginxAddress, path }, {});
  }

  async putToS3(scheme: Scheme, key = uploadKey): Promise<number> {
    const headers = await this.#signed('PUT', key, {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(this.#bodies.bytes),
      'x-amz-trailer': 'x-amz-checksum-crc32',
    });
    const figure = await this.#curl(scheme, { host, address: s3Address, path: `/${bucket}/${key}` }, headers, this.#bodies.chunked);
    if (key === uploadKey) await this.#lab.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    return figure;
  }

  /** The same bytes, chunk headers included. */
  async putToNginx(scheme: Scheme, isDurable: boolean): Promise<number> {
    const { chunked, bytes } = this.#bodies;
    const target = { host: 'nginx.invalid', address: nginxAddress, path: `/uploads/${uploadName}` };
    const perSecond = await this.#curl(scheme, target, {}, chunked);
    const before = performance.now();
    if (isDurable) await run(['sync', '--data', this.#nginx.upload(uploadName)]);
    const syncSeconds = isDurable ? (performance.now() - before) / 1000 : 0;
    rmSync(this.#nginx.upload(uploadName));
    return bytes / 1e9 / (bytes / 1e9 / perSecond + syncSeconds);
  }

  async #signed(method: string, key: string, headers: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    return await sdkSign('s3', region, this.#lab.rootKey, { method, path: `/${bucket}/${key}`, headers: { host, ...headers }, body: '' });
  }

  /** GB per second of the body, by one curl that throws away what it receives. */
  async #curl(
    scheme: Scheme,
    { host: name, address, path }: { readonly host: string; readonly address: string; readonly path: string },
    headers: Readonly<Record<string, string>>,
    upload?: string,
  ): Promise<number> {
    const authority = name === host ? join(this.#lab.dataDirectory, 'certificates', 'authority.pem') : this.#nginx.certificatePath;
    const port = scheme === 'http' ? 80 : 443;
    const argv = ['curl', '--silent', '--show-error', '--fail-with-body', '--output', '/dev/null', '--http1.1'];
    argv.push('--resolve', `${name}:${port}:${address}`, '--cacert', authority, '--write-out', '%{time_total}', '--header', 'Expect:');
    for (const [header, value] of Object.entries(headers)) if (header !== 'host') argv.push('--header', `${header}: ${value}`);
    if (upload !== undefined) argv.push('--upload-file', upload);
    const seconds = Number(await run([...argv, `${scheme}://${name}${path}`], { namespace: this.#client }));
    return this.#bodies.bytes / 1e9 / seconds;
  }
}

function largestFile(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return present(paths.toSorted((a, b) => statSync(b).size - statSync(a).size)[0], 'an object was stored');
}
