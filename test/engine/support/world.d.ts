import type { StateOptions } from '../../../src/engine/state/core.js';
import type { RunRecord, TaskRecord } from '../../../src/engine/state/records.js';
import { EngineState } from '../../../src/engine/state/state.js';
import type { BlockMeta, Task } from '../../../src/graph/task.js';
/** What a task of the model does when it runs: throws so often, kills its thread so often, then succeeds. */
export interface Behaviour {
  throws: number;
  kills: number;
}
/**
 * A world for the state: threads that take one step at a time, a disk, and memory of which only the meaning is kept: what
 * was last written where. Every read is checked against it, so memory that is used again too early is found.
 */
export declare class World {
  private readonly behaviours;
  readonly state: EngineState;
  readonly settled: Map<
    RunRecord,
    | 'resolved'
    | {
        readonly error: unknown;
      }
  >;
  readonly fetched: Map<number, Error | undefined>;
  /** Runs of each task that ended in success. */
  readonly finished: Map<string, number>;
  peak: number;
  diskFull: boolean;
  private readonly threads;
  private readonly memory;
  private readonly files;
  private readonly writes;
  private readonly reads;
  private readonly loans;
  constructor(options: StateOptions, behaviours: ReadonlyMap<string, Behaviour>);
  /** What could happen next, beside what callers do. */
  possible(): (() => void)[];
  get filesLeft(): number;
  /** What a finished result that is in memory holds. */
  contentOf(record: TaskRecord): string | undefined;
  carryOut(): void;
  private perform;
  private settle;
  private take;
  private inputOf;
  private checkOneArena;
  private begin;
  private checkInputs;
  private end;
  private report;
  private die;
  private written;
  private read;
  private giveBack;
  private checkResult;
  private write;
  private contentAt;
}
/** A block of so many bytes. */
export declare const block: (bytes: number) => BlockMeta;
/** A task of the model. */
export declare const task: (
  key: string,
  inputs: readonly string[],
  more?: {
    readonly bytes?: number;
    readonly scratch?: number;
    readonly op?: string;
  },
) => Task;
