import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Key } from '../../graph/task.js';
import type { Database, QueryOptions } from '../duck/database.js';
import type { Statement } from '../sql/writer.js';
import { doTask, type StatementOf } from './do.js';
import { type Outcome, readSql } from './outcome.js';
import type { Fragment, FrameGraph, FrameTask } from './task.js';

let runs = 0;

/** Runs the tasks of a graph in this process's DuckDB. Intermediate files are there until their last reader has read. */
export class ExchangeRun {
  private readonly directory: string;
  private readonly outcomes = new Map<Key, Outcome>();
  private readonly readers = new Map<Key, number>();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private done = 0;

  constructor(
    private readonly graph: FrameGraph,
    private readonly database: Database,
    private readonly statementOf: StatementOf,
    private readonly options: QueryOptions,
  ) {
    this.directory = join(database.scratch(), `exchange-${++runs}`);
    this.signal = options.signal ? AbortSignal.any([options.signal, this.stop.signal]) : this.stop.signal;
    for (const { inputs } of [...graph.tasks.values(), ...graph.result])
      for (const key of new Set(inputs)) this.readers.set(key, (this.readers.get(key) ?? 0) + 1);
  }

  /** Runs all tasks. Rejects with the first error, when nothing runs any more. */
  async tasks(): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    const waiting = [...this.graph.tasks.values()];
    const running = new Set<Promise<void>>();
    const failed: { readonly error: unknown }[] = [];
    while (failed.length === 0 && (waiting.length > 0 || running.size > 0)) {
      const ready = waiting.findIndex(({ inputs }) => inputs.every((key) => this.outcomes.has(key)));
      if (ready < 0 || running.size >= this.database.atOnce) {
        await Promise.race(running);
        continue;
      }
      const [task] = waiting.splice(ready, 1);
      const run: Promise<void> = this.run(task!)
        .catch((error: unknown) => {
          failed.push({ error });
          this.stop.abort();
        })
        .finally(() => running.delete(run));
      running.add(run);
    }
    await Promise.all(running);
    const first = failed[0];
    if (!first) return;
    this.options.signal?.throwIfAborted();
    throw first.error;
  }

  /** A fragment of the result as a statement; its tasks have run. */
  async statement(fragment: Fragment): Promise<Statement> {
    const outcomes = this.outcomesOf(fragment.inputs);
    return this.statementOf(fragment.plan, (source, parameters) => readSql(source, outcomes, parameters));
  }

  /** What a task left that has run. */
  outcome(key: Key): Outcome {
    return this.outcomes.get(key)!;
  }

  /** A fragment has been read: what nobody else needs goes. */
  async read({ inputs }: Pick<Fragment, 'inputs'>): Promise<void> {
    for (const key of new Set(inputs)) {
      const left = this.readers.get(key)! - 1;
      this.readers.set(key, left);
      if (left === 0) await rm(this.pathOf(key), { recursive: true, force: true });
    }
  }

  /** Removes every file. */
  async close(): Promise<void> {
    this.stop.abort();
    // A thread may still be at a function.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  private readonly pathOf = (key: Key): string => join(this.directory, key.replace('/', '-'));

  private async run(task: FrameTask): Promise<void> {
    this.outcomes.set(task.key, await this.outcomeOf(task));
    await this.read(task);
    this.done += 1;
    this.options.onProgress?.(this.done / (this.graph.tasks.size + this.graph.result.length));
  }

  private readonly outcomesOf = (keys: readonly Key[]): readonly Outcome[] =>
    keys.map((key) => this.outcomes.get(key)!);

  private async outcomeOf(task: FrameTask): Promise<Outcome> {
    return doTask(task, this.statementOf, {
      database: this.database,
      options: { signal: this.signal },
      directory: this.pathOf(task.key),
      inputs: this.outcomesOf(task.inputs),
    });
  }
}
