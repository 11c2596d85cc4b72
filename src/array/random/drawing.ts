import { checkOptions } from '../../engine/known-options.js';
import type { Key, Task } from '../../graph/task.js';
import type { DType } from '../../kernels/dtype.js';
import {
  checkRandom,
  isLeapable,
  methodOf,
  type Part,
  partCost,
  type RandomSpec,
  randomScratch,
} from '../../kernels/random/index.js';
import { TileArray } from '../array.js';
import {
  blockShape,
  type ChunkSpec,
  checkShape,
  normalizeChunks,
  product,
  stridesOf,
} from '../nodes/chunks.js';
import { makeNode, type TasksNode } from '../nodes/node.js';
import { workOf } from '../nodes/work.js';
import type { RandomCommon, RandomParams } from '../ops/random.js';

export interface RandomOptions {
  readonly chunks?: ChunkSpec;
}

export type Shape = number | readonly number[];

/** Steps that a random number takes. */
const DRAW = {
  random: 3,
  uniform: 3,
  integers: 6,
  standard_normal: 8,
  normal: 8,
  exponential: 12,
  gamma: 40,
  poisson: 60,
  binomial: 60,
  beta: 80,
  standard_t: 60,
  standard_cauchy: 20,
  f: 80,
  noncentral_chisquare: 80,
  negative_binomial: 120,
  vonmises: 80,
  wald: 40,
  zipf: 80,
  logseries: 60,
  choice: 30,
  permutation: 20,
} as const;

/** The options of each method. */
const KNOWN: { readonly [K in RandomSpec['kind']]: readonly string[] } = {
  random: ['chunks', 'dtype'],
  uniform: ['chunks'],
  integers: ['chunks', 'dtype', 'endpoint'],
  standard_normal: ['chunks', 'dtype'],
  normal: ['chunks'],
  exponential: ['chunks'],
  gamma: ['chunks'],
  poisson: ['chunks'],
  binomial: ['chunks'],
  beta: ['chunks'],
  standard_t: ['chunks'],
  standard_cauchy: ['chunks'],
  f: ['chunks'],
  noncentral_chisquare: ['chunks'],
  negative_binomial: ['chunks'],
  vonmises: ['chunks'],
  wald: ['chunks'],
  zipf: ['chunks'],
  logseries: ['chunks'],
  choice: ['chunks'],
  permutation: ['chunks'],
};

/** An array of random numbers, whose blocks are numbered from `first` on. */
export function drawnArray<D extends DType>(
  common: RandomCommon,
  size: Shape,
  options: RandomOptions,
  first: number,
): TileArray<D> {
  const { spec } = common;
  checkOptions(methodOf(spec.kind), options, KNOWN[spec.kind]);
  const { chunks = 'auto' } = options;
  checkRandom(spec);
  const isFloat = spec.kind === 'random' || spec.kind === 'standard_normal';
  if (isFloat && spec.dtype !== 'float32' && spec.dtype !== 'float64')
    throw new TypeError(`${methodOf(spec.kind)}: dtype ${String(spec.dtype)} must be float32 or float64`);
  const shape = checkShape(size);
  const sizes = normalizeChunks(chunks, shape, spec.dtype);
  const grid = sizes.map((c) => c.length);
  const along = stridesOf(grid);
  const drawing = (coords: readonly number[], of: readonly number[], key: Key, part?: Part): Task => {
    const out = [{ dtype: spec.dtype, shape: of }];
    const spawnKey = [coords.reduce((n, c, axis) => n + c * along[axis], first)];
    return {
      key,
      op: 'array/random',
      inputs: [],
      params: { spawnKey, ...(part && { part }) } satisfies RandomParams,
      common,
      out,
      scratch: randomScratch(spec),
      work: workOf(product(of), DRAW[spec.kind], out),
    };
  };
  const node = makeNode<TasksNode>(spec.kind, [spec, common.entropy, first], {
    kind: 'tasks',
    parts: [spec.dtype],
    chunks: sizes,
    inputs: [],
    task: (coords, key) => drawing(coords, blockShape(sizes, coords), key),
    ...(isLeapable(spec) && {
      read: {
        most: 0.8,
        cost: (coords, step, of) => partCost({ block: blockShape(sizes, coords), step }, of),
        task: (coords, start, step, of, key) =>
          drawing(coords, of, key, { block: blockShape(sizes, coords), start, step }),
      },
    }),
  });
  return new TileArray<D>(node);
}
