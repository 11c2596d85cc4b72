import type { Results } from './engine.js';
import { EngineError } from './errors.js';
import type { Executor } from './executor.js';
import type { Pulse } from './pulse.js';
import { LocalResults } from './results.js';
import type { RunRecord, TaskRecord } from './state/records.js';
import type { EngineState } from './state/state.js';

/** Lends the outputs of runs that have succeeded: brings into memory what is on disk when it is asked for. */
export class Loans {
  private readonly fetches = new Map<number, (error: unknown) => void>();
  private lastToken = 0;
  private ended = false;

  constructor(
    private readonly state: EngineState,
    private readonly executor: Executor,
    private readonly pulse: Pulse,
    private readonly spillDirectory: string,
  ) {}

  /** What a run has left, until its caller gives it up. */
  of(run: RunRecord): Results {
    const { state, executor, spillDirectory } = this;
    return new LocalResults(
      {
        spillDirectory,
        resultOf: (record) => executor.arenas.resultOf(record),
        pin: (record) => state.pinned(record),
        unpin: (record) => {
          state.unpinned(record);
          executor.carryOut();
        },
        close: (key) => {
          state.closed(run, key);
          executor.carryOut();
        },
        fetch: (record) => this.fetch(record),
      },
      run.held.values(),
    );
  }

  /** What was asked for is in memory, or cannot be. */
  fetched(token: number, error: unknown): void {
    const answer = this.fetches.get(token);
    if (answer === undefined) return;
    this.fetches.delete(token);
    this.pulse.left();
    answer(error);
  }

  /** The engine ends. */
  end(reason: unknown): void {
    this.ended = true;
    for (const token of [...this.fetches.keys()]) this.fetched(token, reason);
  }

  private fetch(record: TaskRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.ended) throw new EngineError('the engine was disposed of');
      const token = ++this.lastToken;
      this.fetches.set(token, (error) => (error === undefined ? resolve() : reject(error)));
      this.pulse.joined();
      this.state.fetch(record, token);
      this.executor.carryOut();
    });
  }
}
