import { resolve } from 'node:path';
import type { DType } from '../../kernels/dtype.js';
import { itemsize, kindOf } from '../../kernels/dtype.js';
import { withFile } from '../file.js';
import { unsupported } from '../numpy-dtype.js';
import type { Source, Stamp } from '../source.js';
import type { NetcdfAttribute, NetcdfDimension, NetcdfHeader, NetcdfVariable } from './header.js';
import { readNetcdfHeader } from './header.js';

export interface NetcdfOptions {
  /** Yield what is stored: no scale, no offset, fill values left as they are. */
  readonly raw?: boolean;
}

/** How stored values become what is read: fill → NaN, else value × scale + offset. */
export interface Unpacking {
  readonly scale: number;
  readonly offset: number;
  /** Stored values that stand for missing ones. */
  readonly missing: readonly (number | bigint)[];
}

/** What all reads of a variable share. */
export interface NetcdfCommon {
  readonly name: string;
  readonly file: string;
  readonly stamp: Stamp;
  readonly stored: DType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly strides: readonly number[];
  readonly unpacking?: Unpacking;
}

/** What a netCDF-3 file holds. */
export interface NetcdfInfo {
  readonly format: NetcdfHeader['format'];
  readonly dimensions: readonly NetcdfDimension[];
  readonly attributes: Readonly<Record<string, NetcdfAttribute>>;
  readonly variables: readonly {
    readonly name: string;
    /** As stored; `char` for text. */
    readonly dtype: DType | 'char';
    readonly shape: readonly number[];
    readonly dimensions: readonly string[];
    readonly attributes: Readonly<Record<string, NetcdfAttribute>>;
  }[];
}

/**
 * The dimensions, attributes and variables of a netCDF-3 file. Reads its header only.
 *
 * @throws where the file is missing or not netCDF-3
 * @example
 * const { dimensions, variables } = netcdfInfo('packed.nc');
 * dimensions; // [{ name: 'x', length: 6, unlimited: false }]
 * variables[0].attributes; // { _FillValue: -32767, scale_factor: 0.01, add_offset: 273.15 }
 */
export function netcdfInfo(path: string): NetcdfInfo {
  const file = resolve(path);
  return withFile(file, (fd, { size }) => {
    const { variables, ...rest } = readNetcdfHeader(fd, file, size);
    return {
      ...rest,
      variables: variables.map(({ name, dtype, shape, dimensions, attributes }) => ({
        name,
        dtype: dtype ?? 'char',
        shape,
        dimensions,
        attributes,
      })),
    };
  });
}

/**
 * Opens a variable of a netCDF-3 file (classic, 64-bit offset, 64-bit data). Reads the header only.
 *
 * `scale_factor` and `add_offset` are applied, giving float64; elements equal to `_FillValue` or `missing_value` become NaN,
 * which makes integers float64 and leaves floats as they are. `_Unsigned` makes integers unsigned. With `raw`, none of this.
 *
 * @throws if there is no such variable (the message lists those there are), it is text, or the file is truncated
 */
export function openNetcdf(path: string, variable: string, options: NetcdfOptions = {}): Source {
  const file = resolve(path);
  const name = `${file}[${variable}]`;
  return withFile(file, (fd, stamp) => {
    const { variables } = readNetcdfHeader(fd, file, stamp.size);
    const found = variables.find((v) => v.name === variable);
    if (!found)
      throw new Error(
        `${file} has no variable '${variable}'; it has ${variables.map((v) => v.name).join(', ') || 'none'}`,
      );
    if (!found.dtype) throw unsupported('char', 'text', name);
    checkExtent(found, found.dtype, stamp.size, name);
    const { shape, offset, strides, dimensions, attributes } = found;
    const stored = options.raw ? found.dtype : storedDType(found.dtype, attributes);
    const unpacking = options.raw ? undefined : unpackingOf(stored, attributes);
    const common: NetcdfCommon = {
      name,
      file,
      stamp,
      stored,
      shape,
      offset,
      strides,
      ...(unpacking ? { unpacking } : {}),
    };
    return {
      name,
      dtype: unpacking ? unpackedDType(stored, unpacking) : stored,
      shape,
      op: 'io/netcdf',
      common,
      sliceable: true,
      dimensions,
      attributes,
    };
  });
}

function checkExtent(
  { shape, offset, strides }: NetcdfVariable,
  dtype: DType,
  size: number,
  name: string,
): void {
  if (shape.includes(0)) return;
  const end = shape.reduce((at, n, k) => at + (n - 1) * strides[k]!, offset + itemsize(dtype));
  if (end > size) throw new Error(`${name} is truncated: expected ${end} bytes of the file, found ${size}`);
}

type Attributes = NetcdfVariable['attributes'];

/** netCDF-3 has no unsigned integers: writers that need them say so by `_Unsigned`. */
function storedDType(dtype: DType, { _Unsigned: unsigned }: Attributes): DType {
  return kindOf(dtype) === 'int' && String(unsigned).toLowerCase() === 'true'
    ? (`u${dtype}` as DType)
    : dtype;
}

function numbersOf(value: NetcdfAttribute | undefined): readonly (number | bigint)[] {
  if (value === undefined || typeof value === 'string') return [];
  return typeof value === 'object' ? value : [value];
}

function unpackingOf(stored: DType, attributes: Attributes): Unpacking | undefined {
  const scale = Number(numbersOf(attributes.scale_factor)[0] ?? 1);
  const offset = Number(numbersOf(attributes.add_offset)[0] ?? 0);
  const missing = [...numbersOf(attributes._FillValue), ...numbersOf(attributes.missing_value)].flatMap((v) =>
    storable(v, stored),
  );
  return scale === 1 && offset === 0 && missing.length === 0
    ? undefined
    : { scale, offset, missing: [...new Set(missing)] };
}

/** A fill value as elements of the dtype have it: NaN fills no integers (and floats that are NaN are so already). */
function storable(value: number | bigint, dtype: DType): (number | bigint)[] {
  if (Number.isNaN(value)) return [];
  if (dtype === 'float32') return [Math.fround(Number(value))];
  if (dtype === 'float64') return [Number(value)];
  if (!Number.isInteger(Number(value))) return [];
  const bits = itemsize(dtype) * 8;
  const wide = BigInt(value);
  // An unsigned variable's fill value is declared in the signed type in which it is stored.
  const fits =
    kindOf(dtype) === 'uint' && wide >= 0n ? BigInt.asUintN(bits, wide) : BigInt.asIntN(bits, wide);
  if (fits !== wide) return [];
  const element = kindOf(dtype) === 'uint' ? BigInt.asUintN(bits, wide) : wide;
  return [bits === 64 ? element : Number(element)];
}

function unpackedDType(stored: DType, { scale, offset }: Unpacking): DType {
  return stored === 'float32' && scale === 1 && offset === 0 ? 'float32' : 'float64';
}
