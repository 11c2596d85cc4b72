import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cull } from '../../graph/cull.js';
import { tokenize } from '../../graph/key.js';
import type { Key, Task } from '../../graph/task.js';
import type { Database, QueryOptions } from '../duck/database.js';
import type { DistributedEngine } from '../engines.js';
import { type FrameGraph, type Outcome, readSql, type StatementOf } from '../exchange/index.js';
import type { Statement } from '../sql/writer.js';
import { restored } from './errors.js';
import { type Functions, flatten } from './flat.js';
import { type ShippedGraph, type ShippedResult, ship } from './ship.js';

/** Of the progress of a computation with results, what its tasks are; the rest is to read them. */
const TASKS_SHARE = 0.9;

let runs = 0;

/** A graph's tasks as they travel. */
function sentTasks({ tasks, blocks }: ShippedGraph): ReadonlyMap<Key, Task> {
  const sent = new Map<Key, Task>(blocks);
  // What tasks share is sent once.
  const shared = new Map<string, Functions>();
  for (const [key, task] of tasks) {
    const { flat, functions } = flatten(task.params);
    const token = Object.keys(functions).length > 0 ? tokenize(functions) : '';
    if (!shared.has(token)) shared.set(token, functions);
    sent.set(key, { ...task, params: flat, ...(token !== '' && { common: shared.get(token) }) });
  }
  return sent;
}

/** Bytes of the files that some tasks left, and the keys that the engine holds from then on. */
interface Measured {
  readonly written: ReadonlyMap<Key, number>;
  readonly held: readonly Key[];
}

/** Has an engine's workers run some tasks of a graph; what the rest of the graph reads of those before them it holds, too. */
export async function measured(
  graph: FrameGraph,
  keys: readonly Key[],
  engine: DistributedEngine,
  signal = new AbortController().signal,
): Promise<Measured> {
  const all = sentTasks(ship({ ...graph, result: [] }));
  const tasks = cull(all, keys);
  const held = [...new Set([...keys, ...readLater(graph, tasks)])];
  let holds = false;
  try {
    await engine.persist(tasks, held, { signal });
    holds = true;
    const outcomes = await Promise.all(keys.map((key) => engine.frames.fetch(key, undefined, signal)));
    return { written: new Map(keys.map((key, i) => [key, outcomes[i]!.bytes!])), held };
  } catch (error) {
    if (holds) engine.release(held);
    throw restored(error);
  }
}

/** Which of some tasks others of the graph, or its result, read: given up, they would run again. */
function readLater({ tasks, result }: FrameGraph, some: ReadonlyMap<Key, Task>): readonly Key[] {
  const others = [...tasks.values()].filter(({ key }) => !some.has(key));
  return [...others, ...result].flatMap(({ inputs }) =>
    inputs.filter((key) => tasks.has(key) && some.has(key)),
  );
}

/**
 * Runs a graph on the workers of an engine, and reads what its results are here, while others are computed still: each is fetched when it is read, or the one
 * before is.
 */
export class DistributedRun {
  private readonly graph: ShippedGraph;
  private readonly directory: string;
  private readonly fetched = new Map<Key, Promise<Outcome>>();
  /** How many results are to be read from what a task left; while there are some the engine keeps it. */
  private readonly readers = new Map<Key, number>();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  /** What workers hold, and who waits for what they do not. */
  private readonly held = new Set<Key>();
  private readonly waiting = new Map<Key, () => void>();
  /** Resolves when they hold all; rejects with the first error. */
  private readonly done: Promise<void>;
  private readonly progress = { tasks: 0, read: 0 };

  /**
   * @param kept tasks of the graph that are wanted beside what its results read
   * @param measured tasks that the engine holds already, for this graph
   */
  constructor(
    graph: FrameGraph,
    kept: readonly Key[],
    private readonly measured: readonly Key[],
    private readonly engine: DistributedEngine,
    database: Database,
    private readonly statementOf: StatementOf,
    private readonly options: QueryOptions,
  ) {
    this.graph = ship(graph);
    this.directory = join(database.scratch(), `fetched-${++runs}`);
    this.signal = options.signal ? AbortSignal.any([options.signal, this.stop.signal]) : this.stop.signal;
    // What is fetched listens to it, each key.
    setMaxListeners(0, this.signal);
    for (const keys of [kept, ...this.graph.results.map((result) => result.keys)])
      for (const key of new Set(keys)) this.readers.set(key, (this.readers.get(key) ?? 0) + 1);
    this.done = this.compute();
    // Whoever reads is told.
    this.done.catch(() => {});
  }

  get results(): readonly ShippedResult[] {
    return this.graph.results;
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
      // Until all is computed the engine keeps it.
      this.done.then(() => this.engine.release([key])).catch(() => {});
      await rm(this.pathOf(key), { recursive: true, force: true });
    }
    if (index === this.results.length - 1) await this.done;
    this.progress.read = (index + 1) / this.results.length;
    this.tell();
  }

  /** What tasks left, when all have run, but their files. */
  async outcomes(keys: readonly Key[]): Promise<readonly Outcome[]> {
    await this.done;
    return Promise.all(keys.map((key) => this.fetchHeld(key, undefined)));
  }

  /** Leaves what tasks left with the engine: whoever has it kept releases it. */
  keep(keys: readonly Key[]): void {
    for (const key of keys) this.readers.delete(key);
  }

  /** Removes every file, here and there. */
  async close(): Promise<void> {
    this.stop.abort();
    const kept = [...this.readers].filter(([, n]) => n > 0).map(([key]) => key);
    await this.done.then(() => this.engine.release(kept)).catch(() => {});
    this.engine.release(this.measured);
    await Promise.allSettled(this.fetched.values());
    await rm(this.directory, { recursive: true, force: true });
  }

  private async compute(): Promise<void> {
    try {
      await this.engine.persist(sentTasks(this.graph), [...this.readers.keys()], {
        signal: this.signal,
        onHeld: (key) => {
          this.held.add(key);
          this.waiting.get(key)?.();
        },
        ...(this.options.onProgress && {
          onProgress: ({ done, total }) => {
            this.progress.tasks = total > 0 ? done / total : 1;
            this.tell();
          },
        }),
      });
    } catch (error) {
      const reason = restored(error);
      // Nobody keeps any more what is being fetched: it would be waited for without end.
      this.stop.abort(reason);
      throw reason;
    }
  }

  private tell(): void {
    const share = this.results.length > 0 ? TASKS_SHARE : 1;
    this.options.onProgress?.(share * this.progress.tasks + (1 - share) * this.progress.read);
  }

  private readonly pathOf = (key: Key): string => join(this.directory, key.replace('/', '-'));

  private fetch(key: Key): Promise<Outcome> {
    let fetched = this.fetched.get(key);
    if (!fetched) {
      fetched = this.fetchHeld(key, this.pathOf(key));
      this.fetched.set(key, fetched);
    }
    return fetched;
  }

  private async fetchHeld(key: Key, directory: string | undefined): Promise<Outcome> {
    if (!this.held.has(key)) {
      const held = new Promise<void>((resolve) => this.waiting.set(key, resolve));
      await Promise.race([held, this.done]);
    }
    try {
      return await this.engine.frames.fetch(key, directory, this.signal);
    } catch (error) {
      throw this.signal.aborted ? this.signal.reason : restored(error);
    }
  }
}
