import type { Op } from '../../engine/op.js';
import { type CompiledFunction, compileFunction } from '../../graph/compile-function.js';
import type { CustomFunctions } from '../expr/node.js';
import type { RowGroup } from '../parquet/footer.js';
import { ParquetWriter } from '../parquet/write.js';
import { type Batch, type Column, concatBatches } from '../result/column.js';
import type { Schema } from '../types.js';
import { rowsOf, viewOf } from './batch.js';
import { ColumnBuilder, shown } from './build.js';
import { FunctionError } from './errors.js';
import { FIRST, readBatch, stored, storedSchema } from './op.js';
import { threw } from './rows.js';

export interface AggregateCommon {
  /** Keys and arguments as they lie in the file of sorted rows. */
  readonly input: Schema;
  readonly keys: readonly string[];
  readonly aggregates: readonly {
    /** Of the result's column. */
    readonly name: string;
    readonly functions: CustomFunctions;
    /** Columns that are its arguments. */
    readonly args: readonly string[];
  }[];
}

export interface AggregateParams {
  readonly file: string;
  readonly groups: readonly RowGroup[];
  readonly firstRow: number;
  readonly out: string;
}

/** A group that may have rows in other tasks: its keys, and a partial result of each aggregate. */
export interface OpenGroup {
  readonly keys: readonly Column[];
  readonly partials: readonly unknown[];
}

/** Value of a task: groups that are whole are in its file, those at its ends come along. */
export interface AggregateValue {
  readonly rows: number;
  /** What the last group of the task before goes on with; absent where a group begins with the first row. */
  readonly head: OpenGroup | undefined;
  /** The last group, where it is not the head. */
  readonly tail: OpenGroup | undefined;
}

interface Functions {
  readonly name: string;
  readonly chunk: CompiledFunction;
  readonly combine: CompiledFunction;
  readonly finalise: CompiledFunction | undefined;
}

const compiled = new WeakMap<AggregateCommon, Promise<readonly Functions[]>>();

function functionsOf(common: AggregateCommon): Promise<readonly Functions[]> {
  let made = compiled.get(common);
  if (!made) {
    made = Promise.all(
      common.aggregates.map(async ({ functions: { name, chunk, combine, finalise } }) => ({
        name,
        chunk: await compileFunction(chunk),
        combine: await compileFunction(combine),
        finalise: finalise && (await compileFunction(finalise)),
      })),
    );
    compiled.set(common, made);
  }
  return made;
}

/** The operation `frame/aggregate`: partial results of the groups of sorted rows; the value of those that are whole. */
export const aggregateRows: Op<AggregateParams, AggregateCommon> = async ({ common, params }) => {
  const functions = await functionsOf(common);
  return new AggregateTask(common, functions, params).run();
};

class AggregateTask {
  private readonly writer: ParquetWriter;
  private readonly results: Schema;
  private readonly done: OpenGroup[] = [];
  private head: OpenGroup | undefined;
  /** The group at hand. */
  private keys: readonly Column[] | undefined;
  private partials: unknown[][] = [];
  /** Whether the group at hand may have begun in the task before. */
  private isHead: boolean;

  constructor(
    private readonly common: AggregateCommon,
    private readonly functions: readonly Functions[],
    private readonly params: AggregateParams,
  ) {
    const { input, keys, aggregates } = common;
    this.results = Object.fromEntries([
      ...keys.map((name) => [name, input[name]!] as const),
      ...aggregates.map(({ name, functions: { type } }) => [name, type] as const),
    ]);
    this.isHead = params.firstRow > 0;
    this.writer = new ParquetWriter(params.out, storedSchema(this.results));
  }

  run(): AggregateValue {
    try {
      let { firstRow } = this.params;
      for (const group of this.params.groups) {
        this.take(readBatch(this.params.file, group, { ...this.common.input, [FIRST]: 'bool' }), firstRow);
        firstRow += group.rows;
        if (this.done.length >= FLUSH) this.flush();
      }
      const last = this.keys && this.close();
      const tail = this.isHead ? undefined : last;
      if (this.isHead) this.head = last;
      this.flush();
      return { rows: this.writer.close(), head: this.head, tail };
    } catch (error) {
      this.writer.abort();
      throw error;
    }
  }

  private take(batch: Batch, firstRow: number): void {
    const flags = batch.columns.find(({ name }) => name === FIRST)!.values as Uint8Array;
    let from = 0;
    for (let i = 0; i <= batch.rows; i++) {
      if (i < batch.rows && flags[i] !== 1 && firstRow + i > 0) continue;
      if (i > from) this.chunk(rowsOf(batch, from, i), firstRow + from);
      if (i === batch.rows) return;
      if (this.keys) {
        const group = this.close();
        if (this.isHead) this.head = group;
        else this.done.push(group);
      }
      this.isHead = false;
      from = i;
    }
  }

  private chunk(rows: Batch, firstRow: number): void {
    if (!this.keys) {
      const names = this.common.keys;
      this.keys = rowsOf(rows, 0, 1)
        .columns.filter(({ name }) => names.includes(name))
        .map((column) => ({
          ...column,
          values: column.values.slice(0, 1) as Column['values'],
          valid: column.valid?.slice(),
        }));
      this.partials = this.functions.map(() => []);
    }
    const { columns } = viewOf(rows, firstRow);
    for (const [a, { name, chunk }] of this.functions.entries()) {
      const args = this.common.aggregates[a]!.args.map((arg) => columns[arg]);
      try {
        this.partials[a]!.push(chunk(...args));
      } catch (cause) {
        throw threw(cause, `${name}: chunk`, firstRow, firstRow + rows.rows - 1);
      }
    }
  }

  private close(): OpenGroup {
    const group = { keys: this.keys!, partials: joined(this.functions, this.partials) };
    this.keys = undefined;
    return group;
  }

  private flush(): void {
    if (this.done.length === 0) return;
    const batch = finished(this.common, this.functions, this.done);
    this.writer.write(batch.rows, batch.columns.map(stored));
    this.done.length = 0;
  }
}

const FLUSH = 16_384;

function joined(functions: readonly Functions[], partials: readonly (readonly unknown[])[]): unknown[] {
  return functions.map(({ name, combine }, a) => {
    const list = partials[a]!;
    if (list.length === 1) return list[0];
    try {
      return combine(list);
    } catch (cause) {
      throw failed(cause, `${name}: combine`);
    }
  });
}

/** Keys and values of groups, as rows. */
function finished(
  common: AggregateCommon,
  functions: readonly Functions[],
  groups: readonly OpenGroup[],
): Batch {
  const keys = concatBatches(
    groups.map((group) => ({ rows: 1, columns: group.keys })),
    { rows: 0, columns: [] },
  ).columns;
  const values = common.aggregates.map(({ name, functions: { type } }, a) => {
    const { name: label, finalise } = functions[a]!;
    const builder = new ColumnBuilder(name, type, groups.length, (row) => ({ label, row }));
    for (const [row, { partials }] of groups.entries()) {
      let value = partials[a];
      if (finalise)
        try {
          value = finalise(value);
        } catch (cause) {
          throw failed(cause, `${label}: finalise`);
        }
      builder.set(row, value);
    }
    return builder.finish();
  });
  return { rows: groups.length, columns: [...keys, ...values] };
}

const failed = (cause: unknown, label: string): unknown =>
  cause instanceof FunctionError
    ? cause
    : new FunctionError(
        `${label} threw: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : shown(cause)}`,
        { cause },
      );

export interface CombineParams {
  /** Parts of a group, in their order; none where the inputs are. */
  readonly parts: readonly OpenGroup[];
  /** Where to write the group's row, for the last step. */
  readonly out?: string;
  /** Whether there are no rows at all: the aggregates of nothing. */
  readonly empty?: boolean;
}

/** The operation `frame/combine`: one step of the tree that joins partial results of a group; the last step writes its row. */
export const combineGroups: Op<CombineParams, AggregateCommon> = async ({ common, params, inputs }) => {
  const functions = await functionsOf(common);
  const parts = [
    ...params.parts,
    ...inputs.map((input) => ('value' in input ? input.value : undefined) as OpenGroup),
  ];
  const group: OpenGroup = params.empty
    ? { keys: [], partials: nothing(common, functions) }
    : {
        keys: parts[0]!.keys,
        partials: joined(
          functions,
          functions.map((_, a) => parts.map(({ partials }) => partials[a])),
        ),
      };
  if (params.out === undefined) return group;
  const batch = finished(common, functions, [group]);
  const schema = Object.fromEntries(batch.columns.map(({ name, type }) => [name, type]));
  const writer = new ParquetWriter(params.out, storedSchema(schema));
  writer.write(1, batch.columns.map(stored));
  return { rows: writer.close() };
};

function nothing(common: AggregateCommon, functions: readonly Functions[]): unknown[] {
  return functions.map(({ name, chunk }, a) => {
    const columns = common.aggregates[a]!.args.map((arg) => {
      const builder = new ColumnBuilder(arg, common.input[arg]!, 0, (row) => ({ label: name, row }));
      return builder.finish();
    });
    const view = viewOf({ rows: 0, columns }, 0);
    try {
      return chunk(...common.aggregates[a]!.args.map((arg) => view.columns[arg]));
    } catch (cause) {
      throw failed(cause, `${name}: chunk of no rows`);
    }
  });
}
