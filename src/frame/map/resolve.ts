import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultEngine } from '../../engine/default.js';
import { atExit } from '../../engine/disk/cleanup.js';
import { removeTree } from '../../engine/disk/remove-tree.js';
import type { Engine } from '../../engine/engine.js';
import type { FunctionSpec } from '../../graph/function-spec.js';
import type { Task } from '../../graph/task.js';
import { runArray } from '../arrays/run-array.js';
import type { Database } from '../duck/database.js';
import type { FrameOptions } from '../execute.js';
import { columnNode, some } from '../expr/node.js';
import { readFooter } from '../parquet/read.js';
import * as make from '../plan/make.js';
import {
  type ArraySource,
  inputsOf,
  type MapNode,
  type PlanNode,
  type ScanNode,
  withInputs,
} from '../plan/node.js';
import type { Schema } from '../types.js';
import { hasCustom, runAggregate, typedAggregate } from './aggregate-plan.js';
import { emptyScan, filesScan, GROUP_ROWS, type Place, runTasks, shares, storeRows } from './files.js';
import type { MapCommon, MapParams, MapValue } from './op.js';

/** A plan whose functions have been computed: their results lie in files until it is disposed of. */
export interface Resolved {
  readonly plan: PlanNode;
  readonly dispose: () => Promise<void>;
}

/** Row groups of DuckDB's are of whole vectors. */
const LEAST_GROUP = 2048;

const isArray = (node: PlanNode): node is ScanNode & { readonly source: ArraySource } =>
  node.kind === 'scan' && node.source.from === 'array';

/** Whether a plan has functions of users in it. */
export const hasMaps = (plan: PlanNode): boolean =>
  plan.kind === 'map' || isArray(plan) || hasCustom(plan) || inputsOf(plan).some(hasMaps);

/** The plan without functions of users: each has been computed, and its results are read from files. */
export async function resolveMaps(
  plan: PlanNode,
  database: Database,
  options: FrameOptions = {},
): Promise<Resolved> {
  if (!hasMaps(plan)) return { plan, dispose: async () => {} };
  const directory = await mkdtemp(join(database.scratch(), 'map-'));
  const forget = atExit(() => removeTree(directory));
  const dispose = async (): Promise<void> => {
    // A thread may still be at a task of a run that was given up.
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    forget();
  };
  try {
    const resolver = new Resolver(database, directory, options);
    return { plan: await resolver.resolve(early(plan)), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The plan as it is typed: in the place of each function an empty table of its schema. */
export async function describeMaps(
  plan: PlanNode,
  describe: (plan: PlanNode) => Promise<Schema>,
): Promise<PlanNode> {
  const known = new Map<PlanNode, PlanNode>();
  const replace = async (node: PlanNode): Promise<PlanNode> => {
    if (!hasMaps(node)) return node;
    const found = known.get(node);
    if (found) return found;
    const inputs: PlanNode[] = [];
    for (const input of inputsOf(node)) inputs.push(await replace(input));
    const made = isArray(node)
      ? emptyScan(node.source.schema, node.columns)
      : hasCustom(node)
        ? typedAggregate(node, inputs[0]!)
        : node.kind === 'map'
          ? emptyScan(resultSchema(node, await describe(groupInput(node, inputs[0]!))))
          : withInputs(node, inputs);
    known.set(node, made);
    return made;
  };
  return replace(plan);
}

/** The columns of a function's result with their types, in view of those of its input. */
function resultSchema(node: MapNode, input: Schema): Schema {
  return Object.fromEntries(node.columns.map((name) => [name, node.schema[name] ?? input[name]!]));
}

/** A limit of what a function gives for each row is one of what it is given. */
function early(plan: PlanNode): PlanNode {
  const node = withInputs(plan, inputsOf(plan).map(early));
  if (node.kind !== 'limit') return node;
  const { input } = node;
  if (input.kind === 'map' && input.per === 'row')
    return withInputs(input, [early(make.limit(input.input, node.count, node.offset))]);
  if (
    input.kind === 'project' &&
    hasMaps(input) &&
    !input.items.some(({ expr }) => some(expr, ({ kind }) => kind === 'window'))
  )
    return withInputs(input, [early(make.limit(input.input, node.count, node.offset))]);
  return node;
}

/** The input of a function, with the keys of groups as columns. */
function groupInput(node: MapNode, input: PlanNode): PlanNode {
  if (node.per !== 'group') return input;
  const keys = new Map(node.keys.map(({ name, expr }) => [name, expr]));
  const names = new Set([...input.columns, ...keys.keys()]);
  return make.project(
    input,
    [...names].map((name) => ({ name, expr: keys.get(name) ?? columnNode(name) })),
  );
}

class Resolver {
  private readonly known = new Map<PlanNode, Promise<PlanNode>>();
  private readonly engine: Engine;
  private count = 0;

  constructor(
    private readonly database: Database,
    private readonly directory: string,
    private readonly options: FrameOptions,
  ) {
    this.engine = options.engine ?? defaultEngine();
  }

  /** A node that stands in a plan twice is computed once. */
  resolve(node: PlanNode): Promise<PlanNode> {
    if (!hasMaps(node)) return Promise.resolve(node);
    let made = this.known.get(node);
    if (!made) {
      made = this.make(node);
      this.known.set(node, made);
    }
    return made;
  }

  private async make(node: PlanNode): Promise<PlanNode> {
    const inputs: PlanNode[] = [];
    for (const input of inputsOf(node)) inputs.push(await this.resolve(input));
    if (isArray(node)) return runArray(node, this.place());
    if (hasCustom(node)) return runAggregate(node, inputs[0]!, this.place());
    return node.kind === 'map' ? this.run(node, inputs[0]!) : withInputs(node, inputs);
  }

  private place(): Place {
    const { database, engine, options } = this;
    const id = ++this.count;
    return { database, engine, options, path: (name) => join(this.directory, `${id}-${name}.parquet`) };
  }

  private async run(node: MapNode, below: PlanNode): Promise<PlanNode> {
    const place = this.place();
    const input = groupInput(node, below);
    const keys = node.per === 'group' ? node.keys.map(({ name }) => name) : undefined;
    const groupRows = Math.max(LEAST_GROUP, node.batchRows, wholeBatches(node.batchRows));
    const { file, schema } = await storeRows(input, place, {
      label: node.name,
      groupRows,
      ...(keys && { keys }),
    });
    const output = resultSchema(node, schema);
    const tasks = mapTasks(node, schema, file, (index) => place.path(`part-${index}`));
    const values = await runTasks(tasks, place, { retries: node.retries });
    await rm(file, { force: true });
    const written = tasks.filter((_, i) => (values[i] as MapValue).rows > 0);
    const rows = values.map((value) => (value as MapValue).rows).filter((count) => count > 0);
    return filesScan(
      written.map(({ params }, i) => ({ path: (params as MapParams).out, rows: rows[i]! })),
      output,
    );
  }
}

const wholeBatches = (batchRows: number): number => Math.floor(GROUP_ROWS / batchRows) * batchRows;

let runs = 0;

/**
 * The tasks of a function over the rows of a Parquet file, each of which writes one: what a plan of partitions puts into its graph. The file
 * is uncompressed and holds the columns of the function's input as `copyStatement` stores them.
 *
 * @param out the file that a task writes, by its number
 */
export function mapTasks(node: MapNode, input: Schema, file: string, out: (index: number) => string): Task[] {
  const { groups } = readFooter(file);
  const common: MapCommon = {
    fn: node.fn as FunctionSpec,
    label: node.name,
    per: node.per,
    input,
    output: node.schema,
    batchRows: node.batchRows,
    keep: node.per === 'group' ? node.keys.map(({ name }) => name) : node.keep,
    arrow: node.arrow,
  };
  const run = ++runs;
  return shares(groups).map(({ own, firstRow, behind }, index): Task => {
    const params: MapParams = {
      file,
      groups: own,
      firstRow,
      out: out(index),
      ...(node.per === 'group' && { behind }),
    };
    return { key: `frame-map-${run}-${index}`, op: 'frame/map', inputs: [], params, common };
  });
}
