import type { Engine } from '../../engine/engine.js';
import { EngineError } from '../../engine/errors.js';
import { engineFor, holderOf, wasReleased } from '../../lazy/index.js';
import { FrameError } from '../errors.js';
import { Holding, partsOf } from './holding.js';
import * as make from './make.js';
import type { PlanNode, ScanNode } from './node.js';
import type { HeldSource } from './source.js';
import { inputsOf, rewrite } from './walk.js';

/**
 * The engine that computes a plan: the one that is asked for, else the one that holds some of it, else the default.
 *
 * @throws FrameError where what it reads was released, or is held by another engine
 */
export function engineOf(plan: PlanNode, asked: Engine | undefined): Engine {
  const holders = holdersOf(plan);
  for (const holder of holders)
    if (holder instanceof Holding && holder.released) throw new FrameError(wasReleased('a frame'));
  try {
    return engineFor(asked, holderOf(holders));
  } catch (error) {
    throw error instanceof EngineError ? new FrameError(error.message) : error;
  }
}

/** A plan as the engine of this process reads it: what it holds are files. */
export const inFiles = (plan: PlanNode): PlanNode =>
  holdersOf(plan).size === 0
    ? plan
    : rewrite(plan, (node) =>
        node.kind === 'scan' && node.source.from === 'held' ? filesOf(node, node.source) : node,
      );

function filesOf(node: ScanNode, source: HeldSource): PlanNode {
  const { holding, schema } = source;
  const files = partsOf(source).flatMap(({ at, bytes }) => ('path' in at ? [{ path: at.path, bytes }] : []));
  // On a cluster: there it is read by tasks.
  if (files.length === 0) return node;
  const options = { hive_partitioning: false };
  const types = Object.keys(schema).length > 0 ? { types: holding.types } : {};
  const stored = { from: 'files', format: 'parquet', files, options, schema, ...types } as const;
  return make.scan(Object.freeze(stored), node.columns, node.filters);
}

/** What says which engine it is that a plan reads something of. */
function holdersOf(plan: PlanNode): ReadonlySet<{ readonly engine?: Engine | undefined }> {
  const found = new Set<{ readonly engine?: Engine | undefined }>();
  const seen = new Set<PlanNode>();
  const stack = [plan];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'scan' && node.source.from === 'held') found.add(node.source.holding);
    if (node.kind === 'scan' && node.source.from === 'delayed')
      for (const part of node.source.parts) found.add(part);
    if (node.kind === 'scan' && node.source.from === 'array') found.add(node.source.array.node);
    stack.push(...inputsOf(node));
  }
  return found;
}
