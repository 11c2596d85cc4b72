import { allocate, type DType, itemsize, type TypedArray, viewOf } from '../../src/kernels/dtype.js';
import { compileFused, type FusedKernel, scratchFor } from '../../src/kernels/fused.js';
import type { ElementFn, ExprNode, FusedOutput, FusedSpec } from '../../src/kernels/spec.js';

/** An input as a test gives it: data, and how the loop walks over it (C-contiguous unless said). */
export interface Operand {
  readonly data: TypedArray;
  readonly strides?: readonly number[];
  readonly offset?: number;
}

const memory = new WebAssembly.Memory({ initial: 1024, maximum: 65536, shared: true });
const kernels = new WeakMap<FusedSpec, FusedKernel>();
const align = (n: number): number => Math.ceil(n / 64) * 64;

export const contiguous = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1);
  for (let a = shape.length - 2; a >= 0; a--) strides[a] = strides[a + 1]! * shape[a + 1]!;
  return strides;
};

const outputDtypes = (output: FusedOutput): DType[] => {
  if (output.kind === 'map') return [output.dtype];
  if (output.fold.includes('arg')) return [output.dtype, 'int64'];
  if (output.fold === 'moments') return ['float64', 'float64'];
  if (output.fold === 'nanmoments') return ['float64', 'float64', 'float64'];
  return [output.dtype];
};

/** Runs a spec on copies of its inputs in shared memory. Bytes around outputs and scratch are checked to stay as they were. */
export function runFused(
  spec: FusedSpec,
  shape: readonly number[],
  operands: readonly Operand[],
  params: readonly number[] = [],
): TypedArray[] {
  let kernel = kernels.get(spec);
  if (kernel === undefined) {
    kernel = compileFused(spec);
    kernels.set(spec, kernel);
  }
  const GUARD = 64;
  let at = 64;
  const take = (bytes: number): number => {
    const address = at;
    at += align(bytes) + GUARD;
    return address;
  };
  const addresses = operands.map(({ data }) => take(data.byteLength));
  const kept = shape.filter((_, a) => !spec.reduce?.includes(a));
  const size = kept.reduce((n, m) => n * m, 1);
  const dtypes = spec.outputs.flatMap(outputDtypes);
  const outputs = dtypes.map((d) => take(size * itemsize(d)));
  const scratch = { address: take(scratchFor(spec, shape)), bytes: scratchFor(spec, shape) };
  const missing = Math.ceil((at - memory.buffer.byteLength) / 65536);
  if (missing > 0) memory.grow(missing);
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5, 0, at);
  operands.forEach(({ data }, k) => {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), addresses[k]);
  });
  const before = bytes.slice(0, at);
  kernel.run(memory, {
    shape,
    inputs: operands.map(({ data, strides, offset = 0 }, k) => ({
      address: addresses[k]! + offset * data.BYTES_PER_ELEMENT,
      strides: strides ?? contiguous(shape),
    })),
    params,
    outputs,
    scratch,
  });
  const written = [
    ...outputs.map((o, k) => [o, size * itemsize(dtypes[k]!)]),
    [scratch.address, scratch.bytes],
  ];
  written.sort((a, b) => a[0]! - b[0]!);
  let from = 0;
  for (const [address, length] of [...written, [at, 0]]) {
    if (Buffer.compare(bytes.slice(from, address), before.slice(from, address)) !== 0)
      throw new Error(`a fused loop wrote outside its outputs, before byte ${address}`);
    from = address! + length!;
  }
  return dtypes.map((d, k) => viewOf(d, memory.buffer, outputs[k]!, size).slice() as TypedArray);
}

export const input = (k: number, dtype: DType): ExprNode => ({ op: 'input', input: k, dtype });

/** One elementwise function of its inputs. */
export function functionSpec(fn: ElementFn, args: readonly DType[], to: DType, rank = 1): FusedSpec {
  return {
    inputs: args,
    nodes: [...args.map((d, k) => input(k, d)), { op: fn, args: args.map((_, k) => k), dtype: to }],
    rank,
    outputs: [{ kind: 'map', node: args.length, dtype: to }],
  };
}

/** Elements as numbers and bigints, for messages and exact comparison. */
export const listOf = (data: TypedArray): (number | bigint)[] =>
  Array.from(data as ArrayLike<number | bigint>);

export function filled(dtype: DType, values: readonly number[]): TypedArray {
  const data = allocate(dtype, values.length);
  values.forEach((v, k) => {
    data[k] = data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(v) : v;
  });
  return data;
}

/** How many representable numbers apart two floats are; 0 for two NaN, infinite for one. */
export function ulpsApart(a: number, b: number, dtype: DType): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b))
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY;
  const order = (x: number): number | bigint => {
    if (dtype === 'float32') {
      const bits = new Int32Array(new Float32Array([x]).buffer)[0]!;
      return bits < 0 ? -(bits & 0x7fffffff) : bits;
    }
    const bits = new BigInt64Array(new Float64Array([x]).buffer)[0]!;
    return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
  };
  const distance = BigInt(order(a)) - BigInt(order(b));
  // zeros of different sign are told apart by `Object.is` above
  return distance === 0n ? 0.5 : Math.abs(Number(distance));
}
