/** LU of a matrix in panels, which are some columns with all their rows, and equations solved by panels. */
import type { Key } from '../../graph/task.js';
import { TileArray } from '../array.js';
import { inOneBlock } from '../mapping/lanes.js';
import { boundaries } from '../nodes/chunks.js';
import { type ArrayNode, type Emit, makeNode, type TasksNode } from '../nodes/node.js';
import type { SubstituteParams } from '../ops/linalg/substitute.js';
import { matmulScratchFor } from '../products/matmul-scratch.js';
import type { RealArray } from './matrix.js';
import { bytesOf, tasksNode } from './parts.js';

/** Columns of a triangular or a factored matrix, panel by panel: what tasks find the rows of X with. */
export interface Panels {
  readonly sizes: readonly number[];
  readonly node: ArrayNode;
  readonly keyOf: (panel: number, emit: Emit) => Key;
}

/** A step of a substitution: with which panel, and how. */
export type Step = Pick<SubstituteParams, 'lower' | 'unit' | 'ordered'> & { readonly panel: number };

/** A triangular matrix as panels. */
export function triangularPanels(label: string, x: RealArray): Panels {
  const { node, chunks } = inOneBlock(label, x, 0);
  return { sizes: chunks[1], node, keyOf: (panel, emit) => emit.keyOf(node, [0, panel]) };
}

/**
 * L and U of a square matrix in the places of its elements, with a second block for each panel that tells how its pivots order the rows. Panel j goes by way of all panels
 * before it, as right sides of equations do, and is factored then (Golub and Van Loan, Matrix Computations, 3.4).
 */
export function luPanels(label: string, x: RealArray): Panels {
  const { dtype } = x;
  const [n] = x.shape;
  const matrix = inOneBlock(label, x, 0);
  const [, sizes] = matrix.chunks;
  const starts = boundaries(sizes);
  const grid = [sizes.length, sizes.length];
  const node: TasksNode = tasksNode('lu', label, grid, [matrix.node], ([step, panel], key, emit) => {
    const before = step === 0 ? emit.keyOf(matrix.node, [0, panel]) : emit.keyOf(node, [step - 1, panel]);
    const shape = [n, sizes[panel]];
    if (step < panel)
      return substituteTask(label, key, before, emit.keyOf(node, [step, step]), shape, sizes[step], dtype, {
        start: starts[step],
        lower: true,
        unit: true,
        ordered: true,
      });
    return {
      key,
      op: 'array/lu',
      inputs: [before],
      params: { start: starts[panel] },
      out: [
        { dtype, shape },
        { dtype: 'int32', shape: [n] },
      ],
    };
  });
  return { sizes, node, keyOf: (panel, emit) => emit.keyOf(node, [panel, panel]) };
}

/** The steps with L, then U, of factored panels. */
export const luSteps = ({ sizes }: Panels): Step[] => [
  ...sizes.map((_, panel) => ({ panel, lower: true, unit: true, ordered: true })),
  ...sizes.map((_, i) => ({ panel: sizes.length - 1 - i, lower: false, unit: false, ordered: false })),
];

/** X of T·X = B, one step after another, for each block of columns of B. */
export function substituted(label: string, panels: Panels, steps: readonly Step[], b: RealArray): RealArray {
  const { dtype } = b;
  const right = inOneBlock(label, b, 0);
  const [[m], columns] = right.chunks;
  const { sizes } = panels;
  const starts = boundaries(sizes);
  const last = steps.length - 1;
  const inputs = [right.node, panels.node];
  const stepTask = (step: number, column: number, key: Key, emit: Emit) => {
    const { panel, ...how } = steps[step];
    const before = step === 0 ? emit.keyOf(right.node, [0, column]) : emit.keyOf(between, [step - 1, column]);
    const params = { start: starts[panel], ...how };
    const shape = [m, columns[column]];
    return substituteTask(label, key, before, panels.keyOf(panel, emit), shape, sizes[panel], dtype, params);
  };
  const between: TasksNode = tasksNode(
    'substitute',
    [label, steps],
    [last, columns.length],
    inputs,
    ([step, column], key, emit) => stepTask(step, column, key, emit),
  );
  const node = makeNode<TasksNode>('solve', [label, steps], {
    kind: 'tasks',
    parts: [dtype],
    chunks: [[m], columns],
    inputs: [...inputs, between].map((input) => ({ node: input, part: 0 })),
    task: ([, column], key, emit) => stepTask(last, column, key, emit),
  });
  return new TileArray(node) as RealArray;
}

const ALIGNED = 64;

function substituteTask(
  label: string,
  key: Key,
  rows: Key,
  panel: Key,
  shape: readonly number[],
  size: number,
  dtype: 'float32' | 'float64',
  params: SubstituteParams,
) {
  const [m, n] = shape;
  const rest = params.lower ? m - params.start - size : params.start;
  const product = { batch: 1, m: rest, n, ks: [size], transA: false, transB: false };
  return {
    key,
    op: 'array/substitute',
    inputs: [rows, panel],
    params,
    common: { label },
    out: [{ dtype, shape }],
    scratch: bytesOf(dtype, size, n) + ALIGNED + matmulScratchFor(dtype, product),
  };
}
