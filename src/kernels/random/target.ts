import type { RandomSpec } from './spec.js';
import { CONTROL_BYTES } from './stream.js';
import { zigguratBytes } from './ziggurat.js';

/** Where to draw to. Addresses are bytes in the memory, aligned to the element; `scratch` to 8, of `randomScratch` bytes. */
export interface RandomTarget {
  readonly address: number;
  /** Elements of `spec.dtype`. */
  readonly count: number;
  readonly scratch: { readonly address: number; readonly bytes: number };
}

type NormalSpec = Extract<RandomSpec, { kind: 'normal' | 'standard_normal' }>;
const isNormal = (spec: RandomSpec): spec is NormalSpec =>
  spec.kind === 'normal' || spec.kind === 'standard_normal';

/** Bytes of scratch memory that drawing needs. */
export const randomScratch = (spec: RandomSpec): number =>
  CONTROL_BYTES + (isNormal(spec) ? zigguratBytes(spec.dtype) : 0);

export function checkScratch(spec: RandomSpec, { bytes }: RandomTarget['scratch']): void {
  if (bytes < randomScratch(spec))
    throw new RangeError(`${spec.kind}: scratch of ${bytes} bytes, ${randomScratch(spec)} needed`);
}
