import type { Op } from './engine/op.js';
import { ioOps } from './io/ops.js';

/** Every operation that a task can name; each loads its code when it first runs in a thread. */
export const ops: Readonly<Record<string, () => Promise<Op>>> = {
  'array/check-index': async () => (await import('./array/ops/check-index.js')).checkIndex,
  'array/compress': async () => (await import('./array/ops/compress.js')).compress,
  'array/fused': async () => (await import('./array/ops/fused.js')).fused,
  'array/gather': async () => (await import('./array/ops/gather.js')).gather,
  'array/literal': async () => (await import('./array/ops/literal.js')).literal,
  'array/map-blocks': async () => (await import('./array/ops/map-blocks.js')).mapBlocks,
  'array/matmul': async () => (await import('./array/ops/matmul.js')).matmul,
  'array/random': async () => (await import('./array/ops/random.js')).random,
  'array/reshape': async () => (await import('./array/ops/reshape.js')).reshape,
  'array/shape': async () => (await import('./array/ops/shape.js')).shape,
  'array/take': async () => (await import('./array/ops/take.js')).take,
  call: async () => (await import('./engine/ops/call.js')).call as Op,
  'graph/chain': async () => (await import('./graph/ops/chain.js')).chainOp(stepOp) as Op,
  ...ioOps,
};

/** The operation of a step of a chain. */
async function stepOp(name: string): Promise<Op> {
  const load = ops[name];
  if (!load) throw new Error(`no operation is called ${JSON.stringify(name)}`);
  return load();
}
