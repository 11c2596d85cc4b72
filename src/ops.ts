import { compress } from './array/ops/compress.js';
import { fused } from './array/ops/fused.js';
import { gather } from './array/ops/gather.js';
import { literal } from './array/ops/literal.js';
import { matmul } from './array/ops/matmul.js';
import { random } from './array/ops/random.js';
import { reshape } from './array/ops/reshape.js';
import { shape } from './array/ops/shape.js';
import { take } from './array/ops/take.js';
import type { Op } from './engine/op.js';
import { mergedOp } from './engine/ops/merged.js';
import { ioOps } from './io/ops.js';

const here =
  (op: Op<never, never>): (() => Promise<Op>) =>
  async () =>
    op as Op;

/** Every operation that a task can name. Those of arrays are at hand, as most programs need them; others are loaded when first run. */
export const ops: Readonly<Record<string, () => Promise<Op>>> = {
  'array/along-axis': async () => (await import('./array/ops/along-axis.js')).alongAxis as Op,
  'array/bincount': async () => (await import('./array/ops/bincount.js')).bincount as Op,
  'array/blockwise': async () => (await import('./array/ops/blockwise.js')).blockwise as Op,
  'array/cholesky': async () => (await import('./array/ops/linalg/cholesky.js')).cholesky as Op,
  'array/compress': here(compress),
  'array/correlate': async () => (await import('./array/ops/correlate.js')).correlate as Op,
  'array/from-value': async () => (await import('./array/ops/from-value.js')).fromValue as Op,
  'array/fused': here(fused),
  'array/gather': here(gather),
  'array/histogram': async () => (await import('./array/ops/histogram.js')).histogram as Op,
  'array/interp': async () => (await import('./array/ops/interp.js')).interp as Op,
  'array/lanes': async () => (await import('./array/ops/lanes.js')).lanes as Op,
  'array/literal': here(literal),
  'array/lu': async () => (await import('./array/ops/linalg/lu.js')).lu as Op,
  'array/lu-order': async () => (await import('./array/ops/linalg/lu.js')).luOrder as Op,
  'array/lu-part': async () => (await import('./array/ops/linalg/lu.js')).luPart as Op,
  'array/map-blocks': async () => (await import('./array/ops/map-blocks.js')).mapBlocks,
  'array/matmul': here(matmul),
  'array/only': async () => (await import('./array/ops/only.js')).only as Op,
  'array/part': async () => (await import('./array/ops/linalg/part.js')).part as Op,
  'array/points': async () => (await import('./array/ops/points.js')).points as Op,
  'array/qr': async () => (await import('./array/ops/linalg/qr.js')).qr as Op,
  'array/random': here(random),
  'array/refuse-empty': async () => (await import('./array/ops/refuse-empty.js')).refuseEmpty as Op,
  'array/refuse-outside': async () => (await import('./array/ops/refuse-outside.js')).refuseOutside as Op,
  'array/reshape': here(reshape),
  'array/take-along': async () => (await import('./array/ops/take-along.js')).takeAlong as Op,
  'array/searchsorted': async () => (await import('./array/ops/searchsorted.js')).searchsorted as Op,
  'array/shape': here(shape),
  'array/substitute': async () => (await import('./array/ops/linalg/substitute.js')).substitute as Op,
  'array/svd': async () => (await import('./array/ops/linalg/svd.js')).svd as Op,
  'array/take': here(take),
  'array/unique': async () => (await import('./array/ops/unique.js')).unique as Op,
  'bag/combine': async () => (await import('./bag/ops/part.js')).combine as Op,
  'bag/last': async () => (await import('./bag/ops/part.js')).last as Op,
  'bag/list': async () => (await import('./bag/ops/part.js')).list as Op,
  'bag/part': async () => (await import('./bag/ops/part.js')).part as Op,
  'bag/pick': async () => (await import('./bag/ops/part.js')).pick as Op,
  call: async () => (await import('./engine/ops/call.js')).call as Op,
  'frame/aggregate': async () => (await import('./frame/map/aggregate-op.js')).aggregateRows as Op,
  'frame/combine': async () => (await import('./frame/map/aggregate-op.js')).combineGroups as Op,
  'frame/from-blocks': async () => (await import('./frame/arrays/blocks-op.js')).fromBlocks as Op,
  'frame/from-values': async () => (await import('./frame/delayed/values-op.js')).fromValues as Op,
  'frame/map': async () => (await import('./frame/map/op.js')).map as Op,
  'frame/to-rows': async () => (await import('./frame/delayed/rows-op.js')).toRows as Op,
  'frame/to-block': async () => (await import('./frame/arrays/blocks-op.js')).toBlock as Op,
  'futures/call': async () => (await import('./futures/ops/call.js')).callWithClient as Op,
  'graph/merged': here(mergedOp(stepOp)),
  ...ioOps,
};

/** The operation of a step of a merged task. */
async function stepOp(name: string): Promise<Op> {
  const load = ops[name];
  if (!load) throw new Error(`no operation is called ${JSON.stringify(name)}`);
  return load();
}
