import type { Database, Migration } from './database.ts';

export const s3Migrations: readonly Migration[] = [];

export class S3Store {
  constructor(_database: Database) {}
}
