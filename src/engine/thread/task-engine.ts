import type { Graph, Key } from '../../graph/task.js';
import type { Actors } from '../actors/actors.js';
import type { Coordination } from '../coordination.js';
import type { ComputeOptions, Engine, Results, RunOptions } from '../engine.js';
import { EngineError } from '../errors.js';
import { FetchedResults } from '../fetched-results.js';
import type { Request } from '../messages.js';
import type { Result } from '../op.js';
import { toWire } from '../wire-error.js';

/** The engine as a task sees it: what is asked of it, the engine that runs the task does. */
export class TaskEngine implements Engine {
  /** Those that programs have started. */
  readonly actors: Actors = {
    start: async () => {
      throw new EngineError('a task starts no actor: the program does, and gives it to tasks as an argument');
    },
    ask: (handle, request) => this.ask({ do: 'actor', call: ++this.lastCall, handle, request }),
    end: async () => {},
  };
  private readonly persisted = new Map<Key, number>();
  private lastCall = 0;

  constructor(private readonly ask: (request: Request) => Promise<unknown>) {}

  async run(graph: Graph, outputs: readonly Key[], options: RunOptions = {}): Promise<Results> {
    const { onOutput, reserve: _, ...rest } = options;
    const results = (await this.call('run', graph, outputs, rest)) as readonly Result[];
    const byKey = new Map(outputs.map((key, i) => [key, results[i]!]));
    if (onOutput !== undefined) {
      for (const [key, result] of byKey) await onOutput(key, result);
      byKey.clear();
    }
    return new FetchedResults(byKey);
  }

  async persist(graph: Graph, keys: readonly Key[], options: ComputeOptions = {}): Promise<void> {
    await this.call('persist', graph, keys, options);
    for (const key of new Set(keys)) this.persisted.set(key, (this.persisted.get(key) ?? 0) + 1);
  }

  release(keys: readonly Key[]): void {
    const held = keys.filter((key) => this.has(key));
    for (const key of held) this.persisted.set(key, this.persisted.get(key)! - 1);
    if (held.length > 0) this.ask({ do: 'release', keys: held }).catch(() => {});
  }

  has(key: Key): boolean {
    return (this.persisted.get(key) ?? 0) > 0;
  }

  coordinate(request: Coordination, signal?: AbortSignal): Promise<unknown> {
    return this.abortable(signal, (call) => ({ do: 'coordinate', call, request }));
  }

  async dispose(): Promise<void> {
    throw new EngineError('a task cannot dispose of the engine that runs it');
  }

  private call(
    what: 'run' | 'persist',
    graph: Graph,
    keys: readonly Key[],
    { signal, onProgress: _, ...options }: ComputeOptions,
  ): Promise<unknown> {
    const tasks = [...graph.values()];
    return this.abortable(signal, (call) => ({ do: what, call, tasks, keys, options }));
  }

  private async abortable(
    signal: AbortSignal | undefined,
    request: (call: number) => Request,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const call = ++this.lastCall;
    const abort = (): void => {
      this.ask({ do: 'abort', call, reason: toWire(signal!.reason) }).catch(() => {});
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await this.ask(request(call));
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}
