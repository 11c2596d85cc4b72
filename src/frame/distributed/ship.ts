import { resolve } from 'node:path';
import type { Graph, Key } from '../../graph/task.js';
import { FrameError } from '../errors.js';
import { type Fragment, type FrameGraph, type FrameTask, fragmentTask } from '../exchange/index.js';
import { isRemote } from '../files/remote.js';
import * as make from '../plan/make.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { FileSource, MemorySource } from '../plan/source.js';
import { rewrite } from '../plan/walk.js';
import type { Batch, Column } from '../result/column.js';

/** Rows in memory with at most so many values travel within each task that reads them; … */
const INLINE_VALUES = 4096;
/** … others are written by tasks of their own, of so many bytes each, about. */
const TASK_BYTES = 8 * 2 ** 20;
/** More is not sent: the scheduler keeps it all in its memory. */
const MOST_BYTES = 512 * 2 ** 20;

/** A result of a graph: a plan over what some tasks wrote, all of it. */
export interface ShippedResult {
  readonly plan: PlanNode;
  readonly keys: readonly Key[];
}

/** A graph whose tasks need nothing of this process: rows in its memory are part of them, and what its results do is done by tasks. */
export interface ShippedGraph {
  readonly tasks: ReadonlyMap<Key, FrameTask>;
  /** Tasks of arrays. */
  readonly blocks: Graph;
  readonly results: readonly ShippedResult[];
}

/**
 * Makes a graph ready to be sent.
 *
 * @throws FrameError where there is too much in memory
 */
export function ship({ tasks, blocks, result }: FrameGraph): ShippedGraph {
  const shipper = new Shipper();
  for (const task of tasks.values()) shipper.add(task);
  const results = result.map((fragment) => shipper.result(fragment));
  return { tasks: shipper.tasks, blocks, results };
}

class Shipper {
  readonly tasks = new Map<Key, FrameTask>();
  private readonly written = new Map<Batch, readonly Key[]>();
  private readonly slices = new Map<Batch, Map<string, Batch>>();
  private bytes = 0;

  /** Tasks keep their keys, which say what is read, wherever it lies. */
  add(task: FrameTask): void {
    if (!('plan' in task.params)) {
      this.tasks.set(task.key, task);
      return;
    }
    const { plan, inputs } = this.apart({ plan: task.params.plan, inputs: task.inputs });
    this.tasks.set(task.key, { ...task, inputs, params: { ...task.params, plan } } as FrameTask);
  }

  result(fragment: Fragment): ShippedResult {
    if (this.isWhole(fragment)) return { plan: fragment.plan, keys: fragment.inputs };
    const task = fragmentTask(fragment, { by: 'one' });
    this.add(task);
    return readOf(task.key, fragment.plan.columns);
  }

  /** Whether a fragment only reads all that some tasks wrote. */
  private isWhole({ plan, inputs }: Fragment): boolean {
    return (
      plan.kind === 'scan' &&
      plan.source.from === 'tasks' &&
      plan.source.inputs.length === inputs.length &&
      inputs.every((key) => {
        // What was persisted no task of this graph makes: it is a file of each partition.
        const task = this.tasks.get(key);
        return task?.op !== 'frame/fragment' || task.params.output.by === 'one';
      })
    );
  }

  /** A fragment whose larger tables are read from what tasks write. */
  private apart({ plan, inputs }: Fragment): Fragment {
    const all = [...inputs];
    const rewritten = rewrite(plan, (node) => {
      if (node.kind !== 'scan') return node;
      if (node.source.from === 'files') return withPaths(node, node.source);
      if (node.source.from !== 'memory') return node;
      const table = this.slice(node.source);
      if (table.rows * table.columns.length <= INLINE_VALUES) return inMemory(node, table);
      const keys = this.write(table);
      const from = all.length;
      all.push(...keys);
      const source = { from: 'tasks', inputs: keys.map((_, i) => ({ input: from + i, part: 0 })) } as const;
      return Object.freeze({ ...node, source });
    });
    return { plan: rewritten, inputs: all };
  }

  /** The tasks that write a table. */
  private write(table: Batch): readonly Key[] {
    let keys = this.written.get(table);
    if (keys) return keys;
    const bytes = bytesOf(table);
    this.bytes += bytes;
    if (this.bytes > MOST_BYTES)
      throw new FrameError(
        `the frame has more than ${MOST_BYTES / 2 ** 20} MiB of rows in this process's memory, which is the most that is sent to a cluster: write them by toParquet to where its workers read them, and read that`,
      );
    const count = Math.max(1, Math.ceil(bytes / TASK_BYTES));
    const columns = table.columns.map(({ name }) => name);
    keys = Array.from({ length: count }, (_, i) => {
      const at = (part: number): number => Math.floor((table.rows * part) / count);
      const piece = sliceOf(table, at(i), at(i + 1));
      const task = fragmentTask({ plan: make.scan(memoryOf(piece), columns), inputs: [] }, { by: 'one' });
      this.tasks.set(task.key, task);
      return task.key;
    });
    this.written.set(table, keys);
    return keys;
  }

  private slice({ table, range }: MemorySource): Batch {
    if (!range || (range[0] === 0 && range[1] === table.rows)) return table;
    const of = this.slices.get(table) ?? new Map<string, Batch>();
    this.slices.set(table, of);
    const name = range.join();
    const slice = of.get(name) ?? sliceOf(table, ...range);
    of.set(name, slice);
    return slice;
  }
}

/** Paths that mean the same to a process that runs elsewhere. */
const withPaths = (node: ScanNode, source: FileSource): ScanNode =>
  Object.freeze({
    ...node,
    source: Object.freeze({
      ...source,
      files: source.files.map((file) => (isRemote(file.path) ? file : { ...file, path: resolve(file.path) })),
    }),
  });

const readOf = (key: Key, columns: readonly string[]): ShippedResult => ({
  plan: make.scan({ from: 'tasks', inputs: [{ input: 0, part: 0 }] }, columns),
  keys: [key],
});

const memoryOf = (table: Batch): MemorySource =>
  Object.freeze({
    from: 'memory',
    schema: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])),
    table,
  });

/** Only what is read of a table. */
function inMemory(node: ScanNode, table: Batch): ScanNode {
  return Object.freeze({ ...node, source: memoryOf(table) });
}

const sliceOf = ({ columns }: Batch, from: number, to: number): Batch => ({
  rows: to - from,
  columns: columns.map(
    (column): Column => ({
      ...column,
      // Copied: what is sent of a view is all that lies behind it.
      values: column.values.slice(from, to) as Column['values'],
      valid: column.valid?.slice(from, to),
    }),
  ),
});

/** Bytes that rows take, about. */
function bytesOf({ columns }: Batch): number {
  let bytes = 0;
  for (const { values } of columns) {
    if (ArrayBuffer.isView(values)) bytes += values.byteLength;
    else for (const value of values as readonly unknown[]) bytes += sizeOf(value);
  }
  return bytes;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 4;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), 4);
  if (typeof value === 'object' && value !== null)
    return Object.values(value).reduce((sum: number, item) => sum + sizeOf(item), 16);
  return 8;
}
