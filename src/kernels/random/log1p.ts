/**
 * log(1 + x) for -1 < x ≤ 0, needed in the tail of the normal distribution, where a stream shall equal NumPy's to the
 * last bit on every JavaScript engine. NumPy asks the C library, whose answer need not be the rounded true value; this
 * one takes the steps of glibc before 2.41 (Sun's fdlibm) on x86-64 with fused multiply-add, which only its float64
 * version uses: 1 + x = 2^k (1 + f) with |f| small, s = f / (2 + f), log(1 + f) = f - f²/2 + s (f²/2 + R(s²)) with a
 * polynomial R. Another C library may differ in the last digit of a few draws in a million.
 */

type Round = (x: number) => number;
/** x·y + z */
type MultiplyAdd = (x: number, y: number, z: number) => number;

/** What differs between the formats. Their "top" is the int32 of sign, exponent and leading bits of the mantissa. */
interface Format {
  readonly round: Round;
  readonly multiplyAdd: MultiplyAdd;
  readonly top: (x: number) => number;
  readonly withTop: (x: number, top: number) => number;
  /** Bits of the mantissa in the top. */
  readonly mantissaBits: number;
  readonly bias: number;
  /** The mantissa in the top of sqrt(2). */
  readonly sqrt2: number;
  /** The top of sqrt(1/2) - 1: below that magnitude there is no power of two to take out. */
  readonly unscaled: number;
  /** Smaller magnitudes need no more than two terms of the series. */
  readonly tiny: number;
  /** log 2 in two parts, the first of few bits. */
  readonly ln2: readonly [number, number];
  readonly polynomial: (z: number) => number;
}

const COEFFICIENTS = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const;

const bits = new DataView(new ArrayBuffer(8));

const FLOAT64: Format = {
  round: (x) => x,
  multiplyAdd: fusedMultiplyAdd,
  top: (x) => {
    bits.setFloat64(0, x);
    return bits.getInt32(0);
  },
  withTop: (x, top) => {
    bits.setFloat64(0, x);
    bits.setInt32(0, top);
    return bits.getFloat64(0);
  },
  mantissaBits: 20,
  bias: 1023,
  sqrt2: 0x6a09e,
  unscaled: 0xbfd2bec3 | 0,
  tiny: 2 ** -29,
  ln2: [0.6931471803691238, 1.9082149292705877e-10],
  polynomial: (z) => {
    const [c1, c2, c3, c4, c5, c6, c7] = COEFFICIENTS;
    const z2 = z * z;
    const z4 = z2 * z2;
    const start = fusedMultiplyAdd(z, c1, z2 * fusedMultiplyAdd(z, c3, c2));
    const middle = fusedMultiplyAdd(z4, fusedMultiplyAdd(z, c5, c4), start);
    return fusedMultiplyAdd(z2 * z4, fusedMultiplyAdd(z, c7, c6), middle);
  },
};

const { fround } = Math;

const FLOAT32: Format = {
  round: fround,
  multiplyAdd: (x, y, z) => fround(fround(x * y) + z),
  top: (x) => {
    bits.setFloat32(0, x);
    return bits.getInt32(0);
  },
  withTop: (_, top) => {
    bits.setInt32(0, top);
    return bits.getFloat32(0);
  },
  mantissaBits: 23,
  bias: 127,
  sqrt2: 0x3504f7,
  unscaled: 0xbe95f61f | 0,
  tiny: 2 ** -29,
  ln2: [fround(6.9313812256e-1), fround(9.0580006145e-6)],
  polynomial: (z) => COEFFICIENTS.reduceRight((sum, c) => fround(z * fround(fround(c) + sum)), 0),
};

export const log1pFloat64 = (x: number): number => log1p(x, FLOAT64);
export const log1pFloat32 = (x: number): number => log1p(x, FLOAT32);

function log1p(x: number, format: Format): number {
  const { round, multiplyAdd, ln2 } = format;
  if (x > -format.tiny) return round(x - round(round(x * x) * 0.5));
  const { k, f, lost, small } = reduced(x, format);
  if (f === 0) return k === 0 ? 0 : multiplyAdd(k, ln2[0], multiplyAdd(k, ln2[1], lost));
  const half = round(round(0.5 * f) * f);
  let tail: number;
  if (small) tail = -round(half * multiplyAdd(-round(2 / 3), f, 1));
  else {
    const s = round(f / round(2 + f));
    tail = round(s * round(half + format.polynomial(round(s * s))));
  }
  const square = small ? 0 : half;
  if (k === 0) return round(f - round(square - tail));
  const rest = round(round(square - round(tail + multiplyAdd(k, ln2[1], lost))) - f);
  return multiplyAdd(k, ln2[0], -rest);
}

/** 1 + x = 2^k (1 + f), where `lost` is what rounding 1 + x lost, relative to it; `small`: |f| < 2^-20 or so. */
function reduced(x: number, format: Format): { k: number; f: number; lost: number; small: boolean } {
  const { round, top, withTop, mantissaBits, bias } = format;
  if (top(x) <= format.unscaled) return { k: 0, f: x, lost: 0, small: false };
  const u = round(1 + x);
  const lost = round(round(x - round(u - 1)) / u);
  const exponent = (top(u) >> mantissaBits) - bias;
  const mantissa = top(u) & (2 ** mantissaBits - 1);
  const up = mantissa >= format.sqrt2 ? 1 : 0;
  const f = round(withTop(u, mantissa | ((bias - up) << mantissaBits)) - 1);
  const distance = up === 1 ? (2 ** mantissaBits - mantissa) >> 2 : mantissa;
  return { k: exponent + up, f, lost, small: distance === 0 };
}

/**
 * x·y + z rounded once, without overflow or underflow: S. Boldo and G. Melquiond, "Emulation of FMA and correctly
 * rounded sums: proved algorithms using rounding to odd" (2008).
 */
function fusedMultiplyAdd(x: number, y: number, z: number): number {
  const product = x * y;
  const [x1, x0] = split(x);
  const [y1, y0] = split(y);
  const productError = x1 * y1 - product + x1 * y0 + x0 * y1 + x0 * y0;
  const [low, lowError] = exactSum(z, productError);
  const [high, highError] = exactSum(product, low);
  const [rest, restError] = exactSum(lowError, highError);
  return high + (restError === 0 ? rest : toOdd(rest, restError));
}

function split(x: number): [number, number] {
  const scaled = x * (2 ** 27 + 1);
  const high = scaled - (scaled - x);
  return [high, x - high];
}

function exactSum(x: number, y: number): [sum: number, error: number] {
  const sum = x + y;
  const part = sum - x;
  return [sum, x - (sum - part) + (y - part)];
}

/** x + error (less than half its last digit) rounded to an odd mantissa. */
function toOdd(x: number, error: number): number {
  bits.setFloat64(0, x);
  const pattern = bits.getBigInt64(0);
  if ((pattern & 1n) === 1n) return x;
  bits.setBigInt64(0, pattern + (error > 0 === x > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}
