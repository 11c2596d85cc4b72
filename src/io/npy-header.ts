import type { DType } from '../kernels/dtype.js';
import { itemsize } from '../kernels/dtype.js';
import { parseTypeString, typeStringOf, unsupported } from './numpy-dtype.js';

/** The header of an npy file (or of an npz member). */
export interface NpyHeader {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly order: 'C' | 'F';
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly length: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** Headers beyond this are no headers (NumPy's own limit is 10,000 characters). */
const LONGEST = 1 << 20;

/**
 * How many bytes a header takes, told by the first bytes of the file: 12 are enough, with fewer the answer is 12.
 * @throws if they do not start an npy file of version 1, 2 or 3
 */
export function npyHeaderLength(bytes: Uint8Array, where: string): number {
  for (let k = 0; k < Math.min(MAGIC.length, bytes.length); k++)
    if (bytes[k] !== MAGIC[k])
      throw new Error(`${where} is not in NumPy's npy format: it does not start with \\x93NUMPY`);
  if (bytes.length < 12) return 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = bytes[6]!;
  if (version < 1 || version > 3)
    throw new Error(`${where} is of version ${version} of NumPy's npy format; versions 1 to 3 are known`);
  const length = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (length > LONGEST) throw new Error(`${where} is damaged: its header claims ${length} bytes`);
  return length;
}

/**
 * Parses a header, given at least `npyHeaderLength` bytes.
 * @throws if it is damaged, or of a dtype that is not read here
 */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const length = npyHeaderLength(bytes, where);
  if (bytes.length < length)
    throw new Error(`${where} ends in its header: expected ${length} bytes, found ${bytes.length}`);
  const version = bytes[6]!;
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(version === 1 ? 10 : 12, length),
  );
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[.*\]|\(.*\)))/s.exec(text);
  if (!order || shape === undefined || !descr)
    throw new Error(`${where} has a damaged header: ${JSON.stringify(text.trim().slice(0, 200))}`);
  if (descr[1] === undefined) throw unsupported(descr[2]!, 'structured records', where);
  return {
    ...parseTypeString(descr[1], where),
    order: order === 'True' ? 'F' : 'C',
    shape: [...shape.matchAll(/\d+/g)].map((m) => Number(m[0])),
    length,
  };
}

/** Bytes that the elements take. */
export function npyDataBytes(header: Pick<NpyHeader, 'dtype' | 'shape'>): number {
  return header.shape.reduce((a, b) => a * b, itemsize(header.dtype));
}

/** The header of a C-ordered npy file, padded to a multiple of 64 bytes as NumPy pads it. */
export function formatNpyHeader(dtype: DType, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${typeStringOf(dtype)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new TextEncoder().encode(`......\x01\x00..${text.padEnd(length - 11)}\n`);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  return bytes;
}
