import type { Database, Migration } from './database.ts';

export const sagemakerMigrations: readonly Migration[] = [];

export class SageMakerStore {
  constructor(_database: Database) {}
}
