import {
  type Code,
  type FunctionBuilder,
  f64x2,
  i32,
  i64x2,
  type Local,
  pooled,
  v128,
  when,
} from '../assembler.js';

const view = new DataView(new ArrayBuffer(8));
const constants = new Map<number, Code>();

/** A constant in both lanes. */
export function K(value: number): Code {
  let code = constants.get(value);
  if (code === undefined) {
    view.setFloat64(0, value);
    code = bits(view.getBigUint64(0));
    constants.set(value, code);
  }
  return code;
}

export const add = f64x2.add;
export const sub = f64x2.sub;
export const mul = f64x2.mul;

/** Both lanes of 64 bits. */
export const bits = (value: bigint): Code =>
  value === 0n || value === -1n ? v128.const(value, value) : pooled(value, value);

export const SIGN = bits(-(2n ** 63n));

/** 1.5 · 2^52: added to a double below 2^51 it rounds it to an integer, which then stands in the low bits. */
export const ROUNDER = 1.5 * 2 ** 52;

/**
 * A polynomial in x, lowest coefficient first, by Estrin's scheme: pairs, then pairs of pairs. Its products do not wait for
 * each other, as Horner's do.
 */
export function polynomial(f: FunctionBuilder, x: Local, coefficients: readonly number[]): Code {
  let terms: Code[] = coefficients.map(K);
  let power = x;
  while (terms.length > 1) {
    const pairs: Code[] = [];
    for (let k = 0; k < terms.length; k += 2) {
      const [low, high] = [terms[k]!, terms[k + 1]];
      pairs.push(high === undefined ? low : f.let('v128', add(low, mul(high, power))));
    }
    terms = pairs;
    if (terms.length > 1) power = f.let('v128', mul(power, power));
  }
  return terms[0]!;
}

/**
 * `fast` in the lanes where the mask `usual` is true, what `rare` makes in the others; `rare` runs only when there are such lanes.
 * A lane's value never depends on the other.
 */
export function unless(f: FunctionBuilder, usual: Code, fast: Code, rare: () => Code): Local {
  const mask = f.let('v128', usual);
  const result = f.let('v128', fast);
  f.emit(whenRare(f, mask, () => result.set(v128.bitselect(result, rare(), mask))));
  return result;
}

/** Code for when a lane of `usual` is false. */
export const whenRare = (f: FunctionBuilder, usual: Local, rare: () => Code): Code =>
  when(i32.ne(i64x2.bitmask(usual), i32.const(3)), f.collect(rare));
