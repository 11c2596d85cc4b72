import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cull } from '../../graph/cull.js';
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
  private told = 0;

  constructor(
    private readonly database: Database,
    private readonly statementOf: StatementOf,
    private readonly options: QueryOptions,
  ) {
    this.directory = join(database.scratch(), `exchange-${++runs}`);
    this.signal = options.signal ? AbortSignal.any([options.signal, this.stop.signal]) : this.stop.signal;
  }

  /** Runs what some tasks of a graph need, and them: what they leave stays, until all tasks of the graph that is made by it have run. */
  readonly measure = async (graph: FrameGraph, keys: readonly Key[]): Promise<ReadonlyMap<Key, number>> => {
    const tasks = cull(graph.tasks, keys) as ReadonlyMap<Key, FrameTask>;
    await this.compute(tasks, graph, async () => {});
    return new Map(keys.map((key) => [key, this.outcome(key).bytes!]));
  };

  /** Runs all tasks that have not run yet. Rejects with the first error, when nothing runs any more. */
  async tasks(graph: FrameGraph): Promise<void> {
    const left = [...graph.tasks.values()].filter(({ key }) => !this.outcomes.has(key));
    for (const { inputs } of [...left, ...graph.result])
      for (const key of new Set(inputs)) this.readers.set(key, (this.readers.get(key) ?? 0) + 1);
    for (const key of this.outcomes.keys()) if (!this.readers.has(key)) await this.remove(key);
    await this.compute(graph.tasks, graph, (task) => this.read(task));
  }

  private async compute(
    tasks: ReadonlyMap<Key, FrameTask>,
    graph: FrameGraph,
    ran: (task: FrameTask) => Promise<void>,
  ): Promise<void> {
    mkdirSync(this.directory, { recursive: true });
    const waiting = [...tasks.values()].filter(({ key }) => !this.outcomes.has(key));
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
        .then(() => ran(task!))
        .then(() => this.tell(graph))
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
      if (left === 0) await this.remove(key);
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
  }

  /** How much is done does not become less where there turns out to be more to do. */
  private tell({ tasks, result }: FrameGraph): void {
    this.done += 1;
    this.told = Math.max(this.told, Math.min(1, this.done / (tasks.size + result.length)));
    this.options.onProgress?.(this.told);
  }

  private readonly remove = (key: Key): Promise<void> =>
    rm(this.pathOf(key), { recursive: true, force: true });

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
