import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, serve, until } from './programs.ts';
import type { Leftovers } from './leftovers.ts';

/** One of the endpoint's addresses, which Cloister's own sockets answer at too: the ports tell them apart. */
export const nginxAddress = '198.18.0.99';
const [httpPort, httpsPort] = [8080, 8443];

/** nginx in the namespace of a gateway endpoint, as fast as it goes: sendfile, no log, one process as Cloister's data worker is one thread. */
export class Nginx {
  readonly certificatePath: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.certificatePath = join(folder, 'nginx.pem');
  }

  static async start({ namespace, folder, leftovers }: { namespace: string; folder: string; leftovers: Leftovers }): Promise<Nginx> {
    const nginx = new Nginx(folder);
    for (const name of ['uploads', 'bodies']) mkdirSync(join(folder, name));
    await nginx.#makeCertificate();
    writeFileSync(join(folder, 'nginx.conf'), nginx.#configuration());
    await letThrough(namespace);
    serve(['nginx', '-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr'], { namespace, leftovers });
    await until('nginx', async () => (await run(['ss', '-Htln', `sport = :${httpsPort}`], { namespace })) !== '');
    return nginx;
  }

  /** The URL's path of any file of this machine. */
  pathOf(file: string): string {
    return file;
  }

  upload(name: string): string {
    return join(this.#folder, 'uploads', name);
  }

  /** The same kind of key as Cloister's. */
  async #makeCertificate(): Promise<void> {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(this.#folder, 'nginx.key')];
    const subject = ['-subj', '/CN=nginx.invalid', '-addext', 'subjectAltName=DNS:nginx.invalid'];
    await run(['openssl', 'req', '-x509', '-days', '2', ...key, ...subject, '-out', this.certificatePath]);
  }

  #configuration(): string {
    return `daemon off;
master_process off;
pid ${this.#folder}/nginx.pid;
user root;
events { worker_connections 64; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000;
  client_max_body_size 0;
  client_body_temp_path ${this.#folder}/bodies;
  client_body_buffer_size 1m;
  proxy_temp_path ${this.#folder}/unused;
  fastcgi_temp_path ${this.#folder}/unused;
  uwsgi_temp_path ${this.#folder}/unused;
  scgi_temp_path ${this.#folder}/unused;
  ssl_certificate ${this.certificatePath};
  ssl_certificate_key ${this.#folder}/nginx.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen ${nginxAddress}:${httpPort};
    listen ${nginxAddress}:${httpsPort} ssl;
    root /;
    location /uploads/ { root ${this.#folder}; dav_methods PUT; }
  }
}
`;
  }
}

/** Rewrites ports without connection tracking, so that the endpoint's gates, which know 80 and 443, let nginx's packets pass. */
async function letThrough(namespace: string): Promise<void> {
  const rules = `
table ip bench {
  chain in {
    type filter hook prerouting priority raw
    ip daddr ${nginxAddress} tcp dport 80 tcp dport set ${httpPort}
    ip daddr ${nginxAddress} tcp dport 443 tcp dport set ${httpsPort}
  }
  chain out {
    type filter hook postrouting priority srcnat
    ip saddr ${nginxAddress} tcp sport ${httpPort} tcp sport set 80
    ip saddr ${nginxAddress} tcp sport ${httpsPort} tcp sport set 443
  }
}
insert rule ip cloister input ip daddr ${nginxAddress} tcp dport { ${httpPort}, ${httpsPort} } accept
insert rule ip cloister output ip saddr ${nginxAddress} tcp sport { ${httpPort}, ${httpsPort} } accept
`;
  await run(['nft', rules], { namespace });
}
