import type { BlockMeta, Key } from '../graph/task.js';
import type { TypedArray } from '../kernels/dtype.js';
import type { WasmMemory } from '../kernels/wasm-memory.js';
import type { Engine } from './engine.js';

/** A block in shared memory: C-contiguous elements, `data.buffer` being an arena's SharedArrayBuffer. */
export interface Block extends BlockMeta {
  readonly data: TypedArray;
}

/** What a task yielded: the blocks it filled, or a plain value. */
export type Result = { readonly blocks: readonly Block[] } | { readonly value: unknown };

/** What an operation sees when it runs. All blocks lie in the one arena `memory`, outputs and scratch too. */
export interface TaskContext<Params = unknown, Common = unknown> {
  readonly key: Key;
  readonly inputs: readonly Result[];
  readonly params: Params;
  readonly common: Common;
  /** Blocks to fill, as the task's `out` describes them (contents undefined on entry); empty for a value task. */
  readonly out: readonly Block[];
  /** Scratch bytes, at least as many as the task asked for, 64-byte aligned; empty when it asked for none. */
  readonly scratch: Uint8Array;
  /**
   * The engine that runs the task, as the task sees it: what it asks of it, it waits for beside its thread, which runs others meanwhile. What
   * it has persisted and not released is given up when the task ends. Absent where an engine does not give this.
   */
  readonly engine?: () => Engine;
  /** The arena that holds every block of this task. */
  readonly memory: WasmMemory;
}

/** Returned by an operation whose output turned out smaller than its upper bound: the true shape of each block. */
export class Shrunk {
  constructor(readonly shapes: readonly (readonly number[])[]) {}
}

/**
 * Code that runs a task, in a thread or a cluster's worker. A block task fills `out` and returns nothing (or
 * `Shrunk`); a value task returns its value. It may be asynchronous. It keeps no block after it returns.
 */
export type Op<Params = never, Common = never> = (
  ctx: TaskContext<Params, Common>,
) => unknown | Promise<unknown>;
