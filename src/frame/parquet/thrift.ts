/** Thrift's compact protocol, as far as Parquet's headers and footers need it. */

export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | Fields;

/** A struct by the numbers of its fields. */
export class Fields {
  constructor(private readonly values: ReadonlyMap<number, ThriftValue>) {}

  has(id: number): boolean {
    return this.values.has(id);
  }
  number(id: number): number {
    const value = this.values.get(id);
    return typeof value === 'number' ? value : 0;
  }
  text(id: number): string {
    const value = this.values.get(id);
    return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
  }
  bytes(id: number): Uint8Array | undefined {
    const value = this.values.get(id);
    return value instanceof Uint8Array ? value : undefined;
  }
  struct(id: number): Fields {
    const value = this.values.get(id);
    return value instanceof Fields ? value : NOTHING;
  }
  list(id: number): readonly ThriftValue[] {
    const value = this.values.get(id);
    return Array.isArray(value) ? (value as readonly ThriftValue[]) : [];
  }
}

const NOTHING = new Fields(new Map());

const TRUE = 1;
const FALSE = 2;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Reads structs from bytes. */
export class CompactReader {
  constructor(
    private readonly bytes: Uint8Array,
    /** Where the next byte is read. */
    public at = 0,
  ) {}

  struct(): Fields {
    const values = new Map<number, ThriftValue>();
    let id = 0;
    for (;;) {
      const head = this.byte();
      if (head === 0) return new Fields(values);
      const type = head & 15;
      id = head >> 4 === 0 ? this.zigzag() : id + (head >> 4);
      values.set(id, type === TRUE ? true : type === FALSE ? false : this.value(type));
    }
  }

  /** Passes the fields of a struct up to one, and it. */
  pass(last: number): void {
    for (let id = 0; id < last; ) {
      const head = this.byte();
      const type = head & 15;
      id = head >> 4 === 0 ? this.zigzag() : id + (head >> 4);
      if (head === 0 || id > last) throw new TypeError(`a Parquet footer has no field ${last}`);
      if (type !== TRUE && type !== FALSE) this.value(type);
    }
  }

  private value(type: number): ThriftValue {
    switch (type) {
      case TRUE:
      case FALSE:
        return this.byte() === TRUE;
      case 3:
        return (this.byte() << 24) >> 24;
      case 4:
      case I32:
      case I64:
        return this.zigzag();
      case 7: {
        const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, 8);
        this.at += 8;
        return view.getFloat64(0, true);
      }
      case BINARY: {
        const length = this.varint();
        this.at += length;
        return this.bytes.subarray(this.at - length, this.at);
      }
      case LIST:
      case 10: {
        const head = this.byte();
        const count = head >> 4 === 15 ? this.varint() : head >> 4;
        return Array.from({ length: count }, () => this.value(head & 15));
      }
      case STRUCT:
        return this.struct();
      default:
        throw new TypeError(`a Parquet header has a field of type ${type}, which is none`);
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('a Parquet header is cut short');
    return byte;
  }

  private varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  private zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** What is written: numbers of fields, in ascending order, with their values. */
export type Written = readonly (readonly [id: number, value: WrittenValue])[];
export type WrittenValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly struct: Written }
  | { readonly structs: readonly Written[] }
  | { readonly numbers: readonly number[] }
  | { readonly texts: readonly string[] };

/** A struct as bytes, or what of it is behind the field `after`. */
export function writeStruct(fields: Written, after = 0): Buffer {
  const bytes: number[] = [];
  struct(bytes, fields, after);
  return Buffer.from(bytes);
}

function struct(bytes: number[], fields: Written, after = 0): void {
  let last = after;
  for (const [id, value] of fields) {
    bytes.push(((id - last) << 4) | typeOf(value));
    last = id;
    if ('i32' in value) zigzag(bytes, value.i32);
    else if ('i64' in value) zigzag(bytes, value.i64);
    else if ('text' in value) text(bytes, value.text);
    else if ('struct' in value) struct(bytes, value.struct);
    else if ('structs' in value) list(bytes, STRUCT, value.structs, (item) => struct(bytes, item));
    else if ('numbers' in value) list(bytes, I32, value.numbers, (item) => zigzag(bytes, item));
    else list(bytes, BINARY, value.texts, (item) => text(bytes, item));
  }
  bytes.push(0);
}

function typeOf(value: WrittenValue): number {
  if ('i32' in value) return I32;
  if ('i64' in value) return I64;
  if ('text' in value) return BINARY;
  return 'struct' in value ? STRUCT : LIST;
}

function list<T>(bytes: number[], type: number, items: readonly T[], write: (item: T) => void): void {
  if (items.length < 15) bytes.push((items.length << 4) | type);
  else {
    bytes.push(0xf0 | type);
    varint(bytes, items.length);
  }
  for (const item of items) write(item);
}

function text(bytes: number[], value: string): void {
  const encoded = Buffer.from(value, 'utf8');
  varint(bytes, encoded.length);
  for (const byte of encoded) bytes.push(byte);
}

export function varint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

const zigzag = (bytes: number[], value: number): void =>
  varint(bytes, value < 0 ? -value * 2 - 1 : value * 2);
