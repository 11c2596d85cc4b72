import { lower } from '../../array/lower/lower.js';
import { order } from '../../graph/order.js';
import type { Key, Task } from '../../graph/task.js';
import { filesScan, type Place, runTasks } from '../map/files.js';
import type { ArraySource, PlanNode, ScanNode } from '../plan/node.js';
import type { BlocksCommon, BlocksParams, BlocksValue } from './blocks-op.js';

let runs = 0;

/** Computes the array behind a scan into files, a row of blocks at a time; the scan returned reads them. */
export async function runArray(
  node: ScanNode & { readonly source: ArraySource },
  place: Place,
): Promise<PlanNode> {
  const { array, schema } = node.source;
  const { chunks, node: root } = array;
  const columnBlocks = chunks[1]?.length ?? 1;
  const wanted = chunks[0]!.flatMap((_, row) =>
    Array.from({ length: columnBlocks }, (_c, column) => ({
      node: root,
      coords: array.ndim === 1 ? [row] : [row, column],
    })),
  );
  const lowered = lower(wanted);
  const graph = new Map<Key, Task>(lowered.graph);
  const common: BlocksCommon = { schema };
  const run = `frame-blocks-${++runs}`;
  const outputs = chunks[0]!.map((_, row): Key => {
    const key = `${run}-${row}`;
    const params: BlocksParams = { out: place.path(`part-${row}`) };
    const inputs = lowered.keys.slice(row * columnBlocks, (row + 1) * columnBlocks);
    graph.set(key, { key, op: 'frame/from-blocks', inputs, params, common });
    return key;
  });
  const values = (await runTasks([...graph.values()], place, {
    outputs,
    priorities: order(graph, outputs),
  })) as BlocksValue[];
  const files = values
    .map(({ rows }, row) => ({ path: place.path(`part-${row}`), rows }))
    .filter(({ rows }) => rows > 0);
  const scan = await filesScan(files, schema, node.columns);
  return scan.kind === 'scan' ? Object.freeze({ ...scan, filters: node.filters }) : scan;
}
