import type { DType } from '../../kernels/dtype.js';
import { readFully } from '../file.js';

/** An attribute: text, one number, or several. */
export type NetcdfAttribute = string | number | bigint | readonly number[] | readonly bigint[];

export interface NetcdfDimension {
  readonly name: string;
  readonly length: number;
  readonly unlimited: boolean;
}

export interface NetcdfVariable {
  readonly name: string;
  /** Absent: text, which is not read as an array. */
  readonly dtype?: DType;
  readonly shape: readonly number[];
  readonly dimensions: readonly string[];
  readonly attributes: Readonly<Record<string, NetcdfAttribute>>;
  /** Position of element [0, …, 0] in the file. */
  readonly offset: number;
  /** Bytes from one element to the next along each axis: records of all variables alternate. */
  readonly strides: readonly number[];
}

export interface NetcdfHeader {
  readonly format: 'classic' | '64-bit offset' | '64-bit data';
  readonly dimensions: readonly NetcdfDimension[];
  readonly attributes: Readonly<Record<string, NetcdfAttribute>>;
  readonly variables: readonly NetcdfVariable[];
}

const FORMATS = { 1: 'classic', 2: '64-bit offset', 5: '64-bit data' } as const;
const DIMENSIONS = 10;
const VARIABLES = 11;
const ATTRIBUTES = 12;

interface ExternalType {
  readonly bytes: number;
  readonly dtype?: DType;
}

const CHAR = 2;
const TYPES: Readonly<Record<number, ExternalType>> = {
  1: { bytes: 1, dtype: 'int8' },
  [CHAR]: { bytes: 1 },
  3: { bytes: 2, dtype: 'int16' },
  4: { bytes: 4, dtype: 'int32' },
  5: { bytes: 4, dtype: 'float32' },
  6: { bytes: 8, dtype: 'float64' },
  7: { bytes: 1, dtype: 'uint8' },
  8: { bytes: 2, dtype: 'uint16' },
  9: { bytes: 4, dtype: 'uint32' },
  10: { bytes: 8, dtype: 'int64' },
  11: { bytes: 8, dtype: 'uint64' },
};

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** Reads big-endian fields one after another, from as much of the file as they take. */
class Fields {
  #bytes = new Uint8Array(0);
  #at = 0;
  /** Counts, sizes: 8 bytes wide in 64-bit data files. */
  wideCounts = false;
  /** Positions in the file. */
  wideOffsets = false;

  constructor(
    private readonly fd: number,
    private readonly path: string,
    private readonly size: number,
  ) {}

  damaged(what: string): Error {
    return new Error(`${this.path} is no whole netCDF file: ${what} (at byte ${this.#at} of ${this.size})`);
  }

  /** A view of the next bytes. */
  take(length: number): DataView {
    const end = this.#at + length;
    if (end > this.size) throw this.damaged(`its header goes on for ${length} bytes more, and the file ends`);
    if (end > this.#bytes.length) {
      const more = new Uint8Array(Math.min(this.size, Math.max(8192, 2 * this.#bytes.length, end)));
      more.set(this.#bytes);
      readFully(this.fd, more.subarray(this.#bytes.length), this.#bytes.length, this.path);
      this.#bytes = more;
    }
    const view = new DataView(this.#bytes.buffer, this.#at, length);
    this.#at = end;
    return view;
  }

  tag = (): number => this.take(4).getUint32(0);
  long = (wide: boolean): number => (wide ? Number(this.take(8).getBigUint64(0)) : this.tag());
  count = (): number => this.long(this.wideCounts);
  offset = (): number => this.long(this.wideOffsets);

  text(): string {
    const length = this.count();
    const view = this.take(padded(length));
    return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset, length));
  }

  type(): number {
    const type = this.tag();
    if (!(type in TYPES)) throw this.damaged(`there is no type ${type}`);
    return type;
  }

  /** A list that is either absent (two zeros) or has a tag and a length. */
  list<T>(tag: number, item: () => T): T[] {
    const found = this.tag();
    const length = this.count();
    if (found !== tag && (found !== 0 || length !== 0))
      throw this.damaged(`expected a list with tag ${tag}, found ${found}`);
    // An item takes four bytes at least: what claims more of them than that is damaged.
    if (length * 4 > this.size) throw this.damaged(`a list claims ${length} items`);
    return Array.from({ length }, item);
  }

  attributes(): Record<string, NetcdfAttribute> {
    return Object.fromEntries(this.list(ATTRIBUTES, () => [this.text(), this.values()] as const));
  }

  values(): NetcdfAttribute {
    const type = this.type();
    const { bytes, dtype } = TYPES[type]!;
    const count = this.count();
    const view = this.take(padded(count * bytes));
    if (!dtype)
      return new TextDecoder()
        .decode(new Uint8Array(view.buffer, view.byteOffset, count))
        .replace(/\0+$/, '');
    const values = Array.from({ length: count }, (_, k) => number(view, k * bytes, dtype));
    return count === 1 ? values[0]! : (values as number[] | bigint[]);
  }
}

/** A big-endian number. */
function number(view: DataView, at: number, dtype: DType): number | bigint {
  switch (dtype) {
    case 'int8':
      return view.getInt8(at);
    case 'int16':
      return view.getInt16(at);
    case 'int32':
      return view.getInt32(at);
    case 'float32':
      return view.getFloat32(at);
    case 'float64':
      return view.getFloat64(at);
    case 'uint16':
      return view.getUint16(at);
    case 'uint32':
      return view.getUint32(at);
    case 'int64':
      return view.getBigInt64(at);
    case 'uint64':
      return view.getBigUint64(at);
    default:
      return view.getUint8(at);
  }
}

/** A variable as the header has it, before the number of records is known. */
interface Declared {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly attributes: Record<string, NetcdfAttribute>;
  readonly type: number;
  readonly offset: number;
}

/**
 * Reads the header of a netCDF-3 file of `size` bytes (classic, 64-bit offset, 64-bit data), no more than it takes.
 * @throws if it is another format (netCDF-4 is HDF5), damaged, or cut off
 */
export function readNetcdfHeader(fd: number, path: string, size: number): NetcdfHeader {
  const fields = new Fields(fd, path, size);
  const magic = size >= 4 ? fields.tag() : 0;
  if (magic === 0x89484446)
    throw new Error(
      `${path} is a netCDF-4 file (HDF5), which is not read here; convert it by 'nccopy -k cdf5 in.nc out.nc' or to zarr`,
    );
  const format = magic >>> 8 === 0x434446 ? FORMATS[(magic & 0xff) as keyof typeof FORMATS] : undefined;
  if (!format)
    throw new Error(`${path} is not a netCDF-3 file: it does not start with CDF and a known version`);
  fields.wideCounts = format === '64-bit data';
  fields.wideOffsets = format !== 'classic';

  const records = fields.count();
  const declared = fields.list(DIMENSIONS, () => ({ name: fields.text(), length: fields.count() }));
  const attributes = fields.attributes();
  const variables = fields.list(VARIABLES, (): Declared => {
    const name = fields.text();
    const rank = fields.count();
    if (rank > 1024) throw fields.damaged(`variable ${name} claims ${rank} dimensions`);
    const dimensions = Array.from({ length: rank }, () => fields.count());
    if (dimensions.some((d) => d >= declared.length))
      throw fields.damaged(`variable ${name} has dimensions that are not declared`);
    const own = fields.attributes();
    const type = fields.type();
    fields.count(); // its size, which overflows for large variables and follows from its shape anyway
    return { name, dimensions, attributes: own, type, offset: fields.offset() };
  });
  return { format, attributes, ...placed(declared, variables, records, fields.wideCounts, size) };
}

/** Gives variables their shapes and strides. A dimension of length 0 is the unlimited one: its length is the number of records. */
function placed(
  declared: readonly { readonly name: string; readonly length: number }[],
  variables: readonly Declared[],
  counted: number,
  wide: boolean,
  size: number,
): Pick<NetcdfHeader, 'dimensions' | 'variables'> {
  const isRecord = (v: Declared): boolean =>
    v.dimensions.length > 0 && declared[v.dimensions[0]!]!.length === 0;
  const bytesOf = (v: Declared): number =>
    v.dimensions
      .slice(isRecord(v) ? 1 : 0)
      .reduce((bytes, d) => bytes * declared[d]!.length, TYPES[v.type]!.bytes);
  const inRecords = variables.filter(isRecord);
  // One record variable alone is not padded.
  const step =
    inRecords.length === 1
      ? bytesOf(inRecords[0]!)
      : inRecords.reduce((bytes, v) => bytes + padded(bytesOf(v)), 0);
  const unfinished = counted === (wide ? Number(0xffffffffffffffffn) : 0xffffffff);
  const first = Math.min(size, ...inRecords.map((v) => v.offset));
  const records = unfinished && step > 0 ? Math.floor((size - first) / step) : counted;

  const dimensions = declared.map(({ name, length }) =>
    length === 0 ? { name, length: records, unlimited: true } : { name, length, unlimited: false },
  );
  return {
    dimensions,
    variables: variables.map((v) => {
      const { bytes, dtype } = TYPES[v.type]!;
      const shape = v.dimensions.map((d) => dimensions[d]!.length);
      const strides = new Array<number>(shape.length);
      let stride = bytes;
      for (let k = shape.length - 1; k >= 0; k--) {
        strides[k] = k === 0 && isRecord(v) ? step : stride;
        stride *= shape[k]!;
      }
      return {
        name: v.name,
        ...(dtype ? { dtype } : {}),
        shape,
        dimensions: v.dimensions.map((d) => dimensions[d]!.name),
        attributes: v.attributes,
        offset: v.offset,
        strides,
      };
    }),
  };
}
