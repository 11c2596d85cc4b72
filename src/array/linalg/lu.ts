import { TileArray } from '../array.js';
import { arange } from '../creation/sequences.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { boundaries } from '../nodes/chunks.js';
import { type Emit, makeNode, type TasksNode } from '../nodes/node.js';
import type { LowerParams } from '../ops/linalg/lu.js';
import { equal } from '../ufuncs/index.js';
import { type RealArray, type RealOf, squareOf } from './matrix.js';
import { luPanels, type Panels } from './panels.js';
import { partTask, tasksNode } from './parts.js';

type Real<A extends ArrayInput> = TileArray<RealOf<DTypeOf<A>>>;

/**
 * P, L and U of a square matrix: it is P·L·U, where P permutes rows, L has ones on its diagonal and no larger elements below it, and U is upper triangular. Each pivot
 * is the largest element of its column. All rows come into one block, whose columns are cut so that blocks get no larger.
 *
 * @throws RangeError where it is no square matrix; Error where chunk sizes are unknown
 * @example
 * const [p, l, u] = linalg.lu([[1, 2], [4, 4]]);
 * await p.compute(); // [[0. 1.] [1. 0.]]
 * await l.compute(); // [[1. 0. ] [0.25 1. ]]
 * await u.compute(); // [[4. 4.] [0. 1.]]
 */
export function lu<A extends ArrayInput>(a: A): readonly [p: Real<A>, l: Real<A>, u: Real<A>] {
  const x = squareOf('lu', a);
  const [n] = x.shape;
  const panels = luPanels('lu', x);
  const orders = ordersOf(panels, n);
  const rows = arange(n, undefined, undefined, { dtype: 'int64', chunks: [panels.sizes] });
  const permuted = equal(rows.slice(':', 'newaxis'), orderOf(panels, orders, n)).astype(x.dtype);
  return [permuted, factorOf(panels, orders, x, true), factorOf(panels, orders, x, false)] as unknown as [
    Real<A>,
    Real<A>,
    Real<A>,
  ];
}

/** The order of rows of each panel as a block of its own, so that whoever wants it need not hold the panel. */
const ordersOf = (panels: Panels, n: number): TasksNode =>
  tasksNode('lu-orders', null, [panels.sizes.length], [panels.node], ([panel], key, emit) =>
    partTask(key, panels.keyOf(panel, emit), { part: 1, at: 0 }, { dtype: 'int32', shape: [n] }),
  );

/** For each row of L·U, which one of the matrix it is. */
function orderOf({ sizes }: Panels, orders: TasksNode, n: number): TileArray<'int64'> {
  const node = makeNode<TasksNode>('lu-order', null, {
    kind: 'tasks',
    parts: ['int64'],
    chunks: [[n]],
    inputs: [{ node: orders, part: 0 }],
    task: (_, key, emit) => ({
      key,
      op: 'array/lu-order',
      inputs: sizes.map((_, panel) => emit.keyOf(orders, [panel])),
      params: null,
      out: [{ dtype: 'int64', shape: [n] }],
    }),
  });
  return new TileArray(node);
}

function factorOf(panels: Panels, orders: TasksNode, x: RealArray, lower: boolean): RealArray {
  const [n] = x.shape;
  const { dtype } = x;
  const { sizes } = panels;
  const starts = boundaries(sizes);
  const later = (panel: number, emit: Emit) =>
    lower ? sizes.slice(panel + 1).map((_, i) => emit.keyOf(orders, [panel + 1 + i])) : [];
  const node = makeNode<TasksNode>('lu-part', lower, {
    kind: 'tasks',
    parts: [dtype],
    chunks: [[n], sizes],
    inputs: [panels.node, orders].map((input) => ({ node: input, part: 0 })),
    task: ([, panel], key, emit) => ({
      key,
      op: 'array/lu-part',
      inputs: [panels.keyOf(panel, emit), ...later(panel, emit)],
      params: { start: starts[panel], lower } satisfies LowerParams,
      out: [{ dtype, shape: [n, sizes[panel]] }],
    }),
  });
  return new TileArray(node) as RealArray;
}
