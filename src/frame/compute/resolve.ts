import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultEngine } from '../../engine/default.js';
import { atExit } from '../../engine/disk/cleanup.js';
import { removeTree } from '../../engine/disk/remove-tree.js';
import type { Engine } from '../../engine/engine.js';
import { runArray } from '../arrays/run-array.js';
import { runDelayed } from '../delayed/run-delayed.js';
import type { Database } from '../duck/database.js';
import { hasCustom, joinedByKeys, splitCustoms } from '../map/customs.js';
import { functionInput, hasLazies, hasMaps, isArray, isDelayed } from '../map/describe.js';
import { filesScan, type Place } from '../map/files.js';
import { functionRows, GROUP_ROWS, type RowsLayout, type StoredRows, storeRows } from '../map/rows-file.js';
import { runFunction, runGroups } from '../map/run.js';
import { type FrameOptions, queryOptions } from '../options.js';
import * as make from '../plan/make.js';
import type { AggregatePlan, MapNode, PlanNode } from '../plan/node.js';
import { inputsOf, withInputs } from '../plan/walk.js';
import { finalStatement } from '../statement/index.js';

/** A plan whose functions have been computed: their results lie in files until it is disposed of. */
export interface Resolved {
  readonly plan: PlanNode;
  readonly dispose: () => Promise<void>;
}

/**
 * The plan without functions of users: each has been computed, and its results are read from files. In a plan of partitions only arrays and delayed values are
 * computed before; functions are part of its graph.
 */
export async function resolveMaps(
  plan: PlanNode,
  database: Database,
  options: FrameOptions = {},
): Promise<Resolved> {
  const has = options.partitions === undefined ? hasMaps : hasLazies;
  if (!has(plan)) return { plan, dispose: async () => {} };
  const directory = await mkdtemp(join(database.scratch(), 'map-'));
  const forget = atExit(() => removeTree(directory));
  const dispose = async (): Promise<void> => {
    // A thread may still be at a task of a run that was given up.
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    forget();
  };
  try {
    const resolver = new Resolver(database, directory, options, has);
    return { plan: await resolver.resolve(plan), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

class Resolver {
  private readonly known = new Map<PlanNode, Promise<PlanNode>>();
  private readonly engine: Engine;
  private count = 0;

  constructor(
    private readonly database: Database,
    private readonly directory: string,
    private readonly options: FrameOptions,
    /** Whether there is anything to compute in a plan. */
    private readonly has: (plan: PlanNode) => boolean,
  ) {
    this.engine = options.engine ?? defaultEngine();
  }

  /** A node that stands in a plan twice is computed once. */
  resolve(node: PlanNode): Promise<PlanNode> {
    if (!this.has(node)) return Promise.resolve(node);
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
    if (isDelayed(node)) return runDelayed(node, this.place());
    if (this.has === hasMaps) {
      if (hasCustom(node)) return this.aggregate(node, inputs[0]!);
      if (node.kind === 'map') return this.map(node, inputs[0]!);
    }
    return withInputs(node, inputs);
  }

  private place(): Place {
    const { database, engine, options } = this;
    const id = ++this.count;
    return {
      database,
      engine,
      options: queryOptions(options),
      path: (name) => join(this.directory, `${id}-${name}.parquet`),
    };
  }

  private async map(node: MapNode, below: PlanNode): Promise<PlanNode> {
    const place = this.place();
    const input = await this.store(functionInput(node, below), functionRows(node), place);
    const { files, schema } = await runFunction(node, input, place);
    await rm(input.file, { force: true });
    return filesScan(files, schema);
  }

  /** The aggregates of users among those of a node; the plan returned joins them with the others. */
  private async aggregate(node: AggregatePlan, below: PlanNode): Promise<PlanNode> {
    const { label, functions, rows, others, items } = splitCustoms(node);
    const { keys } = functions;
    const place = this.place();
    const input = await this.store(make.project(below, rows), { label, groupRows: GROUP_ROWS, keys }, place);
    const { files, schema } = await runGroups(functions, input, place);
    await rm(input.file, { force: true });
    const own = await filesScan(files, schema);
    const all = others.length > 0 ? joinedByKeys(make.aggregate(below, node.keys, others), own, keys) : own;
    return make.project(all, items);
  }

  private async store(plan: PlanNode, layout: RowsLayout, { path, options }: Place): Promise<StoredRows> {
    const statement = await finalStatement(plan, this.database);
    return storeRows(statement, layout, path('input'), this.database, options);
  }
}
