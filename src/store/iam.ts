import type { Database, Migration } from './database.ts';

export const iamMigrations: readonly Migration[] = [];

export class IamStore {
  constructor(_database: Database) {}
}
