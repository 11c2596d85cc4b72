import { allocate, DTYPES, type DType, isDType, type TypedArray } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import type { FromOptions } from '../asarray.js';
import type { ArrayInput, NestedArray } from '../input.js';
import type { NDArrayLike } from '../ndarray.js';
import { blockShape, boundaries, checkShape, normalizeChunks, product } from '../nodes/chunks.js';
import { makeNode, type TasksNode } from '../nodes/node.js';
import { constantOf, type Scalar } from '../nodes/promote.js';
import { moved } from '../nodes/work.js';
import type { LiteralParams } from '../ops/literal.js';
import { constantNode } from './filled.js';

interface Data {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

/** Up to so many bytes travel inside the tasks; more lie in one shared buffer. */
const INLINE_BYTES = 32 * 1024;

/** An array of values in memory: they are copied once, into memory that all threads share. */
export function fromData(
  x: Exclude<ArrayInput, TileArray<DType>>,
  { dtype, shape, chunks = 'auto' }: FromOptions<DType | undefined>,
): TileArray<DType> {
  if (typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean')
    return new TileArray(constantNode([], dtype ?? typeOfScalar(x), x));
  const given = dataOf(x);
  if (shape && product(shape) !== given.data.length)
    throw new RangeError(`${given.data.length} values do not fill the shape [${shape.join(', ')}]`);
  const data = shape ? { ...given, shape: checkShape(shape) } : given;
  const sizes = normalizeChunks(chunks, data.shape, data.dtype);
  const node = literalNode(data, sizes);
  const array = new TileArray(node);
  return dtype && dtype !== data.dtype ? array.astype(dtype) : array;
}

const typeOfScalar = (x: Scalar): DType =>
  typeof x === 'boolean' ? 'bool' : typeof x === 'bigint' ? 'int64' : 'float64';

function dataOf(x: TypedArray | Uint8ClampedArray | NestedArray | NDArrayLike): Data {
  if (ArrayBuffer.isView(x)) {
    const data = x as TypedArray;
    return { dtype: dtypeOfTyped(data), shape: [data.length], data };
  }
  if (Array.isArray(x)) return nested(x);
  if (typeof x === 'object' && x !== null && 'shape' in x && 'dtype' in x)
    return fromNdarray(x as NDArrayLike);
  if (typeof x === 'object' && x !== null && 'then' in x)
    throw new TypeError('cannot make an array of a promise; await it first');
  throw new TypeError(
    `cannot make an array of ${x === null ? 'null' : typeof x}; give a number, a typed array, nested lists or an NDArray`,
  );
}

function dtypeOfTyped(x: TypedArray): DType {
  const name = x.constructor.name
    .replace('Big', '')
    .replace('Uint8Clamped', 'Uint8')
    .replace('Array', '')
    .toLowerCase();
  if (!isDType(name))
    throw new TypeError(
      `${x.constructor.name} is not an element type tilework has; it has ${DTYPES.join(', ')}`,
    );
  return name;
}

function fromNdarray(x: NDArrayLike): Data {
  const dtype = String(x.dtype);
  if (!isDType(dtype))
    throw new TypeError(
      `an NDArray of dtype ${dtype} cannot become a tilework array; convert it with astype`,
    );
  const flat = x.flatten();
  return {
    dtype,
    shape: [...x.shape],
    data: (flat.data as TypedArray).slice(0, product(x.shape)) as TypedArray,
  };
}

function nested(x: NestedArray): Data {
  const shape: number[] = [];
  for (let level: unknown = x; Array.isArray(level); level = level[0]) shape.push(level.length);
  const flat: Scalar[] = [];
  const visit = (level: Scalar | NestedArray, depth: number): void => {
    if (level instanceof TileArray)
      throw new TypeError('cannot make an array of a list of arrays; use stack or concatenate');
    if (!Array.isArray(level)) {
      if (depth !== shape.length || !['number', 'bigint', 'boolean'].includes(typeof level))
        throw new TypeError(
          'nested lists must all have the same depth and lengths, and hold numbers, bigints or booleans',
        );
      flat.push(level as Scalar);
      return;
    }
    if (level.length !== shape[depth])
      throw new TypeError(
        `nested lists are ragged: at depth ${depth}, one has ${shape[depth]} entries, another ${level.length}`,
      );
    for (const item of level) visit(item, depth + 1);
  };
  visit(x, 0);
  const types = new Set(flat.map(typeOfScalar));
  const dtype: DType =
    types.has('float64') || types.size === 0 ? 'float64' : types.has('int64') ? 'int64' : 'bool';
  const data = allocate(dtype, flat.length);
  flat.forEach((v, i) => {
    data[i] = dtype === 'bool' ? Number(v) : (constantOf(v, dtype) as number);
  });
  return { dtype, shape, data };
}

function literalNode({ dtype, shape, data }: Data, chunks: readonly (readonly number[])[]): TasksNode {
  const inline = data.byteLength <= INLINE_BYTES;
  const buffer = inline ? new ArrayBuffer(data.byteLength) : new SharedArrayBuffer(data.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const starts = chunks.map(boundaries);
  const common = { buffer, dtype, shape };
  return makeNode<TasksNode>('array', [dtype, shape, new Uint8Array(buffer)], {
    kind: 'tasks',
    parts: [dtype],
    chunks,
    inputs: [],
    task: (coords, key) => ({
      key,
      op: 'array/literal',
      inputs: [],
      params: { start: coords.map((c, axis) => starts[axis][c]) } satisfies LiteralParams,
      common,
      ...moved([{ dtype, shape: blockShape(chunks, coords) }]),
    }),
  });
}
