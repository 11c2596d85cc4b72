import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type DType, type TypedArray, viewOf } from '../../../src/kernels/dtype.js';

/** An expression of NumPy calls, as `test/truth/book.py` writes it. */
export type Term = unknown;

export interface Call {
  readonly f: string;
  readonly a: readonly Term[];
  readonly o?: { readonly [option: string]: unknown };
}

type Stored = readonly [dtype: DType, shape: readonly number[], at: number];

/** A call and what NumPy answers: a result `r`, or an error `e` of that name. */
export interface Case extends Call {
  readonly r?: Stored;
  readonly e?: string;
  /** ulps by which a float may differ */
  readonly u?: number;
  /** absolute difference that a float may have; the larger room of the two counts */
  readonly n?: number;
  /** 1: the sign of a zero is not NumPy's promise */
  readonly z?: number;
}

/** C-contiguous elements of a stored array. */
export interface Elements {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

export interface Book {
  readonly numpy: string;
  readonly groups: { readonly [name: string]: readonly Case[] };
  operand(name: string): Elements;
  result(stored: Stored): Elements;
}

/** Reads the file that `test/truth/conformance.py` wrote. */
export function readBook(file: URL): Book {
  const zipped = gunzipSync(readFileSync(file));
  const bytes = zipped.buffer.slice(zipped.byteOffset, zipped.byteOffset + zipped.byteLength);
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length))) as {
    numpy: string;
    operands: { [name: string]: Stored };
    groups: { [name: string]: Case[] };
  };
  const payload = Math.ceil((4 + length) / 8) * 8;
  const result = ([dtype, shape, at]: Stored): Elements => {
    const count = shape.reduce((a, b) => a * b, 1);
    return { dtype, shape, data: viewOf(dtype, bytes, payload + at, count) };
  };
  return {
    numpy: header.numpy,
    groups: header.groups,
    result,
    operand(name) {
      const stored = header.operands[name];
      if (!stored) throw new Error(`the book has no operand "${name}"`);
      return result(stored);
    },
  };
}
