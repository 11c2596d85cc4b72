import type { Key } from '../graph/task.js';

/** What is published under a name: results that an engine holds, and plain data that says what programs make of them. */
export interface Dataset {
  readonly keys: readonly Key[];
  readonly description: unknown;
}

/** Datasets by name, for all programs that use an engine; they stay when the program that published them ends. */
export interface Datasets {
  /** @throws TypeError where there is something of that name */
  publish(name: string, dataset: Dataset): Promise<void>;
  /** Undefined where there is none. @throws EngineError where a program in Python has published it */
  find(name: string): Promise<Dataset | undefined>;
  list(): Promise<string[]>;
  unpublish(name: string): Promise<void>;
}

export const taken = (name: string): TypeError =>
  new TypeError(`${JSON.stringify(name)} is published already; unpublish it first`);
