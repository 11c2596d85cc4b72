import { TileArray } from '../array.js';
import { type ArrayNode, type Emit, makeNode, type TasksNode } from '../nodes/node.js';
import type { MatmulParams } from '../ops/matmul.js';
import { matmulScratchFor } from '../products/matmul-scratch.js';
import type { RealArray } from './matrix.js';
import { bytesOf, partArray, partTask, tasksNode } from './parts.js';

/** So many R's are factored together. */
const GROUP = 8;

/** A level of the tree: task i factors `groups[i]`, blocks of the level below (of the matrix, at first), which stand one below another. */
interface Level {
  readonly node: ArrayNode;
  readonly groups: readonly (readonly number[])[];
  /** Rows of what each task factors, and of the R it leaves. */
  readonly rows: readonly number[];
  readonly left: readonly number[];
}

/**
 * Q and R of a matrix with all columns in one block. Each block is factored, then their R's, some at a time, as a tree (Benson, Gleich and Demmel, Direct QR factorizations
 * for tall-and-skinny matrices, 2013); the Q of a block is the product of the Q's on its way from the root.
 */
export function tallQr(x: RealArray): readonly [q: RealArray, r: RealArray] {
  const { dtype } = x;
  const [rows, [n]] = x.chunks;
  const levels = [levelOf(x, undefined, rows)];
  for (let top = levels[0]; top.groups.length > 1; top = levels[levels.length - 1])
    levels.push(levelOf(x, top, rows));
  const root = levels[levels.length - 1];
  const k = root.left[0];
  const r = partArray(root.node, [0], 1, { dtype, shape: [k, n] });
  let above: ArrayNode | undefined;
  for (let depth = levels.length - 1; depth >= 0; depth--)
    above = unfolded(x, levels[depth], depth === levels.length - 1 ? undefined : levels[depth + 1], above, k);
  return [new TileArray(above!) as RealArray, r];
}

function levelOf(x: RealArray, below: Level | undefined, rows: readonly number[]): Level {
  const { dtype } = x;
  const n = x.shape[1];
  const heights = below ? below.left : rows;
  const size = below ? GROUP : 1;
  const groups = Array.from({ length: Math.ceil(heights.length / size) }, (_, i) =>
    heights.slice(i * size, (i + 1) * size).map((_, j) => i * size + j),
  );
  const stacked = groups.map((group) => group.reduce((sum, i) => sum + heights[i], 0));
  const left = stacked.map((m) => Math.min(m, n));
  const common = { part: below ? 1 : 0 };
  const node = tasksNode('qr', common, [groups.length], [below?.node ?? x.node], ([i], key, emit) => ({
    key,
    op: 'array/qr',
    inputs: groups[i].map((j) => (below ? emit.keyOf(below.node, [j]) : emit.keyOf(x.node, [j, 0]))),
    params: null,
    common,
    out: [
      { dtype, shape: [stacked[i], left[i]] },
      { dtype, shape: [left[i], n] },
    ],
    scratch: left[i] === n ? 0 : bytesOf(dtype, stacked[i], n),
  }));
  return { node, groups, rows: stacked, left };
}

/** The Q of each task of a level times the rows that belong to it of the one `above`, which is that of the next level, multiplied alike. */
function unfolded(
  { dtype }: RealArray,
  level: Level,
  next: Level | undefined,
  above: ArrayNode | undefined,
  k: number,
): ArrayNode {
  const { node, rows, left } = level;
  const task: TasksNode['task'] = ([i], key, emit: Emit) => {
    const out = { dtype, shape: [rows[i], k] };
    const own = emit.keyOf(node, [i]);
    if (!above || !next) return partTask(key, own, { part: 0, at: 0 }, out);
    const parent = next.groups.findIndex((group) => group.includes(i));
    const before = next.groups[parent].filter((j) => j < i).reduce((sum, j) => sum + left[j], 0);
    const slice = partTask(
      `${key}-rows`,
      emit.keyOf(above, [parent, 0]),
      { part: 0, at: before * k },
      { dtype, shape: [left[i], k] },
    );
    const params: MatmulParams = { batch: 1, m: rows[i], n: k, ks: [left[i]], transA: false, transB: false };
    return {
      key,
      op: 'array/matmul',
      inputs: [own, emit.add(slice)],
      params,
      out: [out],
      scratch: matmulScratchFor(dtype, params),
    };
  };
  return makeNode<TasksNode>('q', k, {
    kind: 'tasks',
    parts: [dtype],
    chunks: [rows, [k]],
    inputs: [node, ...(above ? [above] : [])].map((input) => ({ node: input, part: 0 })),
    task,
  });
}
