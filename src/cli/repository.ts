import { openAsBlob } from 'node:fs';
import { uriDecode, uriEncode } from '../aws/sigv4-canonical.ts';
import { parseXml } from '../aws/xml-reader.ts';
import type { PackageRepository } from '../model/package-repositories.ts';
import { Answer, type Api } from './api.ts';
import { hashOf } from './file-hash.ts';

/** The objects of one package repository, as the operator sees them. */
export class Repository {
  readonly #api: Api;
  readonly #repository: PackageRepository;

  constructor(api: Api, repository: PackageRepository) {
    this.#api = api;
    this.#repository = repository;
  }

  /** Sizes by key of the objects whose keys begin so. */
  async list(prefix: string): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for (let token: string | undefined = ''; token !== undefined;) {
      const more: Record<string, string> = token === '' ? {} : { 'continuation-token': token };
      const query = new URLSearchParams({ 'list-type': '2', 'encoding-type': 'url', prefix, ...more });
      const response = await this.#api.repository('GET', `${this.#repository}?${query.toString()}`);
      const page: Answer = new Answer(parseXml(await response.bytes()));
      for (const object of page.all('Contents')) sizes.set(uriDecode(object.text('Key').replaceAll('+', ' ')), Number(object.text('Size')));
      token = page.all('NextContinuationToken')[0]?.text();
    }
    return sizes;
  }

  /** Makes an object what a file is. `unchanged` when it was that already. */
  async put(key: string, file: string, isThere: boolean): Promise<'new' | 'changed' | 'unchanged'> {
    const sha256 = await hashOf(file);
    const path = this.#pathOf(key);
    if (isThere) {
      const { headers } = await this.#api.repository('HEAD', path, { 'x-amz-checksum-mode': 'ENABLED' });
      if (headers.get('x-amz-checksum-sha256') === sha256.toString('base64')) return 'unchanged';
    }
    await this.#api.putRepositoryObject(path, await openAsBlob(file), sha256);
    return isThere ? 'changed' : 'new';
  }

  async remove(key: string): Promise<void> {
    await this.#api.repository('DELETE', this.#pathOf(key));
  }

  #pathOf(key: string): string {
    return [this.#repository, ...key.split('/').map(uriEncode)].join('/');
  }
}
