import { sampleScratch } from './sample.js';
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

export type SampleSpec = Extract<RandomSpec, { kind: 'choice' | 'permutation' }>;

/** Whether a spec's numbers are drawn all at once, because each hangs on all others. */
export const isSample = (spec: RandomSpec): spec is SampleSpec =>
  spec.kind === 'choice' || spec.kind === 'permutation';

/** Bytes of scratch memory that drawing needs. */
export function randomScratch(spec: RandomSpec): number {
  if (isNormal(spec)) return CONTROL_BYTES + zigguratBytes(spec.dtype);
  if (isSample(spec)) return CONTROL_BYTES + sampleScratch(spec, spec.kind === 'permutation');
  return CONTROL_BYTES;
}

export function checkScratch(spec: RandomSpec, { bytes }: RandomTarget['scratch']): void {
  if (bytes < randomScratch(spec))
    throw new RangeError(`${spec.kind}: scratch of ${bytes} bytes, ${randomScratch(spec)} needed`);
}
