import type { Collection } from './collection.ts';

/** A row whose name is unique within its account only. */
export interface OfAccount {
  /** `ACCOUNT/NAME` */
  readonly rowId: string;
  readonly accountId: string;
}

/** One account's rows of a collection, by the names that they have there. */
export class AccountRows<Row extends object> {
  readonly #rows: Collection<Row & OfAccount>;
  readonly #accountId: string;
  readonly #nameOf: (row: Row) => string;

  constructor(rows: Collection<Row & OfAccount>, accountId: string, nameOf: (row: Row) => string) {
    this.#rows = rows;
    this.#accountId = accountId;
    this.#nameOf = nameOf;
  }

  find(name: string): Row | undefined {
    return this.#rows.find(this.#idOf(name));
  }

  get(name: string): Row {
    return this.#rows.get(this.#idOf(name));
  }

  /** In order of their names. */
  list(where: Partial<Row> = {}): Row[] {
    return this.#rows.list({ ...where, accountId: this.#accountId } as Partial<Row & OfAccount>);
  }

  count(): number {
    return this.#rows.count({ accountId: this.#accountId } as Partial<Row & OfAccount>);
  }

  insert(row: Row): void {
    this.#rows.insert({ ...row, rowId: this.#idOf(this.#nameOf(row)), accountId: this.#accountId });
  }

  update(name: string, change: Partial<Row>): Row {
    return this.#rows.update(this.#idOf(name), change as Partial<Row & OfAccount>);
  }

  delete(name: string): boolean {
    return this.#rows.delete(this.#idOf(name));
  }

  #idOf(name: string): string {
    return `${this.#accountId}/${name}`;
  }
}
