import { order } from '../../graph/order.js';
import type { Key } from '../../graph/task.js';
import { tasksOf } from '../../lazy/index.js';
import { filesScan, type Place, runTasks } from '../map/files.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { DelayedSource } from '../plan/source.js';
import type { ValuesCommon, ValuesParams, ValuesValue } from './values-op.js';

let runs = 0;

/** Computes the delayed values behind a scan into files, each a part of its rows; the scan returned reads them. */
export async function runDelayed(
  node: ScanNode & { readonly source: DelayedSource },
  place: Place,
): Promise<PlanNode> {
  const { schema, parts } = node.source;
  const graph = tasksOf(parts);
  const common: ValuesCommon = { schema };
  const run = `frame-values-${++runs}`;
  const outputs = parts.map(({ key: input, as }, part): Key => {
    const key = `${run}-${part}`;
    const params: ValuesParams = { out: place.path(`part-${part}`), part, as };
    graph.set(key, { key, op: 'frame/from-values', inputs: [input], params, common });
    return key;
  });
  const values = (await runTasks([...graph.values()], place, {
    outputs,
    priorities: order(graph, outputs),
  })) as ValuesValue[];
  const files = values
    .map(({ rows }, part) => ({ path: place.path(`part-${part}`), rows }))
    .filter(({ rows }) => rows > 0);
  const scan = await filesScan(files, schema, node.columns);
  return scan.kind === 'scan' ? Object.freeze({ ...scan, filters: node.filters }) : scan;
}
