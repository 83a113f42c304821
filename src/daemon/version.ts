import { readFileSync } from 'node:fs';

/** Of the package: two folders up from here, in the checkout as in the package. */
export const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
