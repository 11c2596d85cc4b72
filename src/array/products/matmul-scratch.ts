import type { DType } from '../../kernels/dtype.js';
import { matmulScratch } from '../../kernels/matmul/index.js';
import type { MatmulParams } from '../ops/matmul.js';

/** Scratch bytes of a product task: its largest single product's. */
export const matmulScratchFor = (dtype: DType, { m, n, ks }: MatmulParams): number =>
  Math.max(0, ...ks.map((k) => matmulScratch(dtype, m, n, k)));
