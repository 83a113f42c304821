import type { Database, Migration } from './database.ts';

export const logsMigrations: readonly Migration[] = [];

export class LogsStore {
  constructor(_database: Database) {}
}
