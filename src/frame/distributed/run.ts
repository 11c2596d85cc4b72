import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Key, Task } from '../../graph/task.js';
import type { Database, QueryOptions } from '../duck/database.js';
import { type FrameGraph, type Outcome, readSql, type StatementOf } from '../exchange/index.js';
import type { Statement } from '../sql/writer.js';
import type { DistributedEngine } from './engine.js';
import { restored } from './errors.js';
import { flatten } from './flat.js';
import { type ShippedGraph, type ShippedResult, ship } from './ship.js';

let runs = 0;

/** Runs a graph on the workers of an engine, and reads what its results are here: each is fetched when it is read, or the one before is. */
export class DistributedRun {
  private readonly graph: ShippedGraph;
  private readonly directory: string;
  private readonly fetched = new Map<Key, Promise<Outcome>>();
  /** How many results are to be read from what a task left; while there are some the engine keeps it. */
  private readonly readers = new Map<Key, number>();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private persisted = false;

  constructor(
    graph: FrameGraph,
    private readonly engine: DistributedEngine,
    database: Database,
    private readonly statementOf: StatementOf,
    private readonly options: QueryOptions,
  ) {
    this.graph = ship(graph);
    this.directory = join(database.scratch(), `fetched-${++runs}`);
    this.signal = options.signal ? AbortSignal.any([options.signal, this.stop.signal]) : this.stop.signal;
    for (const { keys } of this.graph.results)
      for (const key of new Set(keys)) this.readers.set(key, (this.readers.get(key) ?? 0) + 1);
  }

  get results(): readonly ShippedResult[] {
    return this.graph.results;
  }

  /** Runs all tasks; what the results are made of stays on the workers. */
  async tasks(): Promise<void> {
    const { onProgress } = this.options;
    const tasks = new Map<Key, Task>();
    for (const [key, task] of this.graph.tasks) tasks.set(key, { ...task, params: flatten(task.params) });
    try {
      await this.engine.persist(tasks, [...this.readers.keys()], {
        signal: this.signal,
        ...(onProgress && {
          onProgress: ({ done, total }) => onProgress((total > 0 ? done / total : 1) * TASKS_SHARE),
        }),
      });
    } catch (error) {
      throw restored(error);
    }
    this.persisted = true;
  }

  /** A result as a statement over files that are here. */
  async statement(index: number): Promise<Statement> {
    const { plan, keys } = this.results[index]!;
    const outcomes = await Promise.all(keys.map((key) => this.fetch(key)));
    // While this one is read the next one comes.
    for (const key of this.results[index + 1]?.keys ?? []) this.fetch(key).catch(() => {});
    return this.statementOf(plan, (source, parameters) => readSql(source, outcomes, parameters));
  }

  /** A result has been read: what no other needs goes. */
  async read(index: number): Promise<void> {
    for (const key of new Set(this.results[index]!.keys)) {
      const left = this.readers.get(key)! - 1;
      this.readers.set(key, left);
      if (left > 0) continue;
      this.engine.release([key]);
      await rm(this.pathOf(key), { recursive: true, force: true });
    }
    const { length } = this.results;
    this.options.onProgress?.(TASKS_SHARE + ((1 - TASKS_SHARE) * (index + 1)) / length);
  }

  /** Removes every file, here and there. */
  async close(): Promise<void> {
    this.stop.abort();
    if (this.persisted) this.engine.release([...this.readers].filter(([, n]) => n > 0).map(([key]) => key));
    await Promise.allSettled(this.fetched.values());
    await rm(this.directory, { recursive: true, force: true });
  }

  private readonly pathOf = (key: Key): string => join(this.directory, key.replace('/', '-'));

  private fetch(key: Key): Promise<Outcome> {
    let fetched = this.fetched.get(key);
    if (!fetched) {
      fetched = this.engine.frames.fetch(key, this.pathOf(key), this.signal).catch((error: unknown) => {
        throw restored(error);
      });
      this.fetched.set(key, fetched);
    }
    return fetched;
  }
}

/** Of the progress of a computation, what its tasks are; the rest is to read their results. */
const TASKS_SHARE = 0.9;
