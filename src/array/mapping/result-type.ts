import { type DType, isDType } from '../../kernels/dtype.js';

/** The dtype that a caller names, or one in its place. */
export function resultType(label: string, options: { readonly dtype?: DType }, missing: DType): DType {
  const dtype = options.dtype ?? missing;
  if (!isDType(dtype)) throw new TypeError(`${label}: ${String(dtype)} is not a dtype`);
  return dtype;
}
