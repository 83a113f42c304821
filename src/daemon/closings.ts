import { log } from './log.ts';

/** What was opened and must be closed, the last first. One that cannot be closed does not keep the others. */
export class Closings {
  readonly #closings: { readonly name: string; readonly close: () => Promise<void> | void }[] = [];

  add(name: string, close: () => Promise<void> | void): void {
    this.#closings.push({ name, close });
  }

  async close(): Promise<void> {
    for (let closing = this.#closings.pop(); closing !== undefined; closing = this.#closings.pop()) {
      try {
        await closing.close();
      } catch (error) {
        log(`${closing.name} could not be closed`, { error });
      }
    }
  }
}
