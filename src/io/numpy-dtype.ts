import type { DType } from '../kernels/dtype.js';

const NAMES: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
};

const KINDS: Readonly<Record<string, string>> = {
  c: 'complex numbers',
  S: 'byte strings',
  a: 'byte strings',
  U: 'strings',
  O: 'Python objects',
  M: 'datetimes',
  m: 'time differences',
  V: 'raw or structured records',
  f: 'floats of this width',
};

/** An element type as stored: what it is here, and whether its bytes are in big-endian order. */
export interface StoredDType {
  readonly dtype: DType;
  readonly bigEndian: boolean;
}

/**
 * What NumPy's type string (`'<f8'`, `'>i2'`, `'|b1'`) means here.
 * @throws naming the type and `where` if tilework has no such dtype
 */
export function parseTypeString(typeString: string, where: string): StoredDType {
  const match = /^([<>|=]?)([A-Za-z])(\d*)/.exec(typeString);
  const dtype = match ? NAMES[`${match[2]}${match[3]}`] : undefined;
  if (match && dtype && typeString.length === match[0].length) return { dtype, bigEndian: match[1] === '>' };
  throw unsupported(typeString, match ? KINDS[match[2]!] : undefined, where);
}

export function unsupported(dtype: string, kind: string | undefined, where: string): Error {
  return new Error(
    `${where} has dtype ${dtype}${kind ? ` (${kind})` : ''}, which tilework does not read; convert it to ` +
      `bool, (u)int8 to (u)int64, float32 or float64 first`,
  );
}

const CODES = Object.fromEntries(Object.entries(NAMES).map(([code, name]) => [name, code])) as Record<
  DType,
  string
>;

/** NumPy's type string of a dtype in little-endian order: `'<f8'`, `'|b1'`. */
export function typeStringOf(dtype: DType): string {
  const code = CODES[dtype];
  return `${code.endsWith('1') ? '|' : '<'}${code}`;
}
