import type { TypedArray } from '../dtype.js';

type Small = Exclude<TypedArray, BigInt64Array | BigUint64Array>;
type Large = BigInt64Array | BigUint64Array;

/** What is added up of products: floats as float64, small integers modulo 2^32, booleans by `or`. */
export type Summing = 'float' | 'int' | 'bool';

/**
 * Fills `out` with sums of products: element i is that of `v` beside the elements of `x` from `i + shift` on, of which those before its first and
 * behind its last are 0.
 */
export function correlate(
  x: TypedArray,
  v: TypedArray,
  shift: number,
  out: TypedArray,
  summing: Summing,
): void {
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    correlateLarge(x as Large, v as Large, shift, out);
    return;
  }
  const sum = SUMS[summing];
  const [small, weights] = [x as Small, v as Small];
  const { length } = v;
  for (let i = 0; i < out.length; i++) {
    const at = i + shift;
    const [low, high] = [Math.max(0, -at), Math.min(length, x.length - at)];
    const inside = low === 0 && high === length && i + 3 < out.length && at + 3 + length <= x.length;
    if (inside && summing === 'float') {
      sumFour(small, weights, at, out, i);
      i += 3;
    } else out[i] = sum(small, weights, at, low, high);
  }
}

/** Four sums side by side, so that none has to wait for its last addition. */
function sumFour(x: Small, v: Small, at: number, out: Small, to: number): void {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let k = 0; k < v.length; k++) {
    const weight = v[k]!;
    const from = at + k;
    a += x[from]! * weight;
    b += x[from + 1]! * weight;
    c += x[from + 2]! * weight;
    d += x[from + 3]! * weight;
  }
  out[to] = a;
  out[to + 1] = b;
  out[to + 2] = c;
  out[to + 3] = d;
}

type Sum = (x: Small, v: Small, at: number, low: number, high: number) => number;

const SUMS: { readonly [S in Summing]: Sum } = {
  float: (x, v, at, low, high) => {
    let sum = 0;
    for (let k = low; k < high; k++) sum += x[at + k]! * v[k]!;
    return sum;
  },
  int: (x, v, at, low, high) => {
    let sum = 0;
    for (let k = low; k < high; k++) sum = (sum + Math.imul(x[at + k]!, v[k]!)) | 0;
    return sum;
  },
  bool: (x, v, at, low, high) => {
    for (let k = low; k < high; k++) if (x[at + k]! & v[k]!) return 1;
    return 0;
  },
};

function correlateLarge(x: Large, v: Large, shift: number, out: Large): void {
  for (let i = 0; i < out.length; i++) {
    const at = i + shift;
    const [low, high] = [Math.max(0, -at), Math.min(v.length, x.length - at)];
    let sum = 0n;
    for (let k = low; k < high; k++) sum += x[at + k]! * v[k]!;
    out[i] = sum;
  }
}
