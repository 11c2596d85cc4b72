/** Decimals: whole numbers of units of 10^-scale, which floats hold exactly up to 15 digits and not beyond. */

/** What the floats of a column of decimals are the nearest to. */
export interface Decimals {
  /** How many digits there are, before and behind the point together. */
  readonly precision: number;
  /** How many of them are behind the point. */
  readonly scale: number;
  /** The decimals in units of 10^-scale, 0 for nulls; absent where precision is at most 15, since the floats say it all. */
  readonly digits?: readonly bigint[];
}

/** So many digits every float keeps. */
export const EXACT_DIGITS = 15;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** As text, with all digits behind the point. */
export function decimalText(digits: bigint, scale: number): string {
  const negative = digits < 0n;
  const text = String(negative ? -digits : digits).padStart(scale + 1, '0');
  const point = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
  return negative ? `-${point}` : point;
}

/** The number nearest to a decimal. */
export function nearestNumber(digits: bigint, scale: number): number {
  if (scale === 0) return Number(digits);
  // Both are exact, and so is the rounding of their quotient.
  if (scale <= 22 && digits <= SAFE && digits >= -SAFE) return Number(digits) / 10 ** scale;
  return Number(decimalText(digits, scale));
}

/** The units of a decimal that is written as text, halves away from zero; undefined for what is none. */
export function digitsOfText(text: string, scale: number): bigint | undefined {
  const [, sign, whole, fraction = ''] = /^\s*([+-]?)(\d+)(?:\.(\d*))?\s*$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const kept = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  const digits = (fraction[scale] ?? '0') >= '5' ? kept + 1n : kept;
  return sign === '-' ? -digits : digits;
}

/** Units of decimals of a column, as many as there are rows. */
export function digitsOf(values: ArrayLike<number>, { scale, digits }: Decimals): readonly bigint[] {
  return digits ?? Array.from(values, (value) => BigInt(Math.round(value * 10 ** scale)));
}
