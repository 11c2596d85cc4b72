import { order } from '../../graph/order.js';
import type { Key, Task } from '../../graph/task.js';
import { filesScan, type Place, runTasks } from '../map/files.js';
import type { PlanNode, ScanNode } from '../plan/node.js';
import type { ArraySource } from '../plan/source.js';
import { blockRows } from './block-rows.js';
import type { BlocksCommon, BlocksParams, BlocksValue } from './blocks-op.js';

let runs = 0;

/** Computes the array behind a scan into files, a row of blocks at a time; the scan returned reads them. */
export async function runArray(
  node: ScanNode & { readonly source: ArraySource },
  place: Place,
): Promise<PlanNode> {
  const { schema } = node.source;
  const { graph: blocks, rows } = blockRows(node.source);
  const graph = new Map<Key, Task>(blocks);
  const common: BlocksCommon = { schema };
  const run = `frame-blocks-${++runs}`;
  const outputs = rows.map((inputs, row): Key => {
    const key = `${run}-${row}`;
    const params: BlocksParams = { out: place.path(`part-${row}`) };
    graph.set(key, { key, op: 'frame/from-blocks', inputs, params, common });
    return key;
  });
  const values = (await runTasks([...graph.values()], place, {
    outputs,
    priorities: order(graph, outputs),
  })) as BlocksValue[];
  const files = values
    .map((value, row) => ({ path: place.path(`part-${row}`), rows: value.rows }))
    .filter((file) => file.rows > 0);
  const scan = await filesScan(files, schema, node.columns);
  return scan.kind === 'scan' ? Object.freeze({ ...scan, filters: node.filters }) : scan;
}
