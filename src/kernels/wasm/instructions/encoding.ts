/** How instructions are written, by their kind: what they take, then their code, then what is fixed in them. */
import { type Code, unsigned } from '../code.js';

export type Unary = (a: Code) => Code;
export type Binary = (a: Code, b: Code) => Code;
/** Loads from `address + offset` (unsigned; no wrap-around past 4 GiB). */
export type Load = (address: Code, offset?: number) => Code;
export type Store = (address: Code, value: Code, offset?: number) => Code;

export const un =
  (...op: number[]): Unary =>
  (a) => [a, op];
export const bin =
  (...op: number[]): Binary =>
  (a, b) => [a, b, op];
export const load =
  (align: number, ...op: number[]): Load =>
  (address, offset = 0) => [address, op, align, unsigned(offset)];
export const store =
  (align: number, ...op: number[]): Store =>
  (address, value, offset = 0) => [address, value, op, align, unsigned(offset)];

/** Where bytes of a constant are written. */
const scratch = new DataView(new ArrayBuffer(16));
/** The first bytes of what is written. */
export const bytesOf = (write: (view: DataView) => void, length: number): number[] => {
  write(scratch);
  return [...new Uint8Array(scratch.buffer, 0, length)];
};
