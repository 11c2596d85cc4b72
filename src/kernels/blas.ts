import { type Koffi, type Library, loadKoffi, type NativeFunction } from './koffi.js';
import { type Lapack, openLapack } from './lapack.js';

/**
 * Matrix products and factors by the machine's own BLAS, where there is one: OpenBLAS, or Apple's Accelerate. It is loaded by koffi,
 * an optional dependency; without either, tilework multiplies with kernels of its own.
 */

/** The library that `findBlas` found. */
export interface BlasInfo {
  /** File or name it was loaded by. */
  readonly path: string;
  /** What it says of itself: version, how it was built, the processor it chose. */
  readonly config: string;
  /** Threads that one call uses: 1, as tilework runs calls side by side; undefined where that cannot be asked. */
  readonly threads: number | undefined;
}

/** An operand as it lies in memory. Strides are in elements, one of them 1. */
export interface BlasOperand {
  readonly data: Float32Array | Float64Array;
  readonly transposed: boolean;
  /** Elements from one row (column, if transposed) to the next. */
  readonly leading: number;
}

type Gemm = (
  m: number,
  n: number,
  k: number,
  a: BlasOperand,
  b: BlasOperand,
  beta: 0 | 1,
  c: Float32Array | Float64Array,
) => void;

/** y = A·x + beta·y, A being rows×columns as it is used, the elements of x `stride` apart (at least 1). */
type Gemv = (
  rows: number,
  columns: number,
  a: BlasOperand,
  x: BlasVector,
  beta: 0 | 1,
  y: Float32Array | Float64Array,
) => void;

export interface BlasVector {
  readonly data: Float32Array | Float64Array;
  readonly stride: number;
}

export interface Blas extends BlasInfo {
  /** C = A·B + beta·C, with C m×n in C order. Calls are synchronous. */
  readonly gemm: { readonly float64: Gemm; readonly float32: Gemm };
  readonly gemv: { readonly float64: Gemv; readonly float32: Gemv };
  /** What factors matrices, where the library has that too. */
  readonly lapack: Lapack | undefined;
}

/** Names to ask the loader for, best first. */
const NAMES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libopenblasp.so.0'],
  darwin: [
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
    'libopenblas.dylib',
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
  ],
  win32: ['libopenblas.dll', 'openblas.dll'],
};

/** How builds decorate their symbols: plain; with 64-bit integers; as in the wheels of NumPy and SciPy. */
const DECORATIONS = [
  { prefix: '', suffix: '', integer: 'int32_t' },
  { prefix: '', suffix: '64_', integer: 'int64_t' },
  { prefix: 'scipy_', suffix: '64_', integer: 'int64_t' },
  { prefix: 'scipy_', suffix: '', integer: 'int32_t' },
] as const;

let found: { readonly blas: Blas | undefined } | undefined;

/**
 * The machine's BLAS, loaded at the first call. `TILEWORK_OPENBLAS` names a file to load instead of what the loader
 * finds, or is `off`. Throws an Error when that file cannot be loaded or is no BLAS.
 */
export function findBlas(): Blas | undefined {
  found ??= { blas: searchBlas(process.env.TILEWORK_OPENBLAS) };
  return found.blas;
}

function searchBlas(wanted: string | undefined): Blas | undefined {
  if (wanted === 'off') return undefined;
  const koffi = loadKoffi();
  if (wanted) {
    if (koffi === undefined)
      throw new Error(
        `TILEWORK_OPENBLAS is set to ${wanted}, but the package koffi is missing: npm install koffi`,
      );
    try {
      return open(koffi, wanted);
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      throw new Error(`TILEWORK_OPENBLAS: ${wanted} cannot be used as BLAS: ${why}`, { cause: error });
    }
  }
  for (const name of (koffi && NAMES[process.platform]) ?? []) {
    try {
      return open(koffi!, name);
    } catch {
      // Not there, or not a BLAS: the next name.
    }
  }
  return undefined;
}

function open(koffi: Koffi, path: string): Blas {
  const library = koffi.load(path);
  const decoration = DECORATIONS.find(
    ({ prefix, suffix }) => lookUp(library, `${prefix}cblas_dgemm${suffix}`, 'void', []) !== undefined,
  );
  if (decoration === undefined) throw new Error('it has no function cblas_dgemm');
  const { prefix, suffix, integer } = decoration;
  const own = (name: string, result: string, args: string[] = []) =>
    lookUp(library, `${prefix}${name}${suffix}`, result, args);

  // The calls of many threads are the parallelism. One number for the process: to set it again does no harm.
  own('openblas_set_num_threads', 'void', ['int'])?.(1);
  const threads = own('openblas_get_num_threads', 'int')?.();
  const config =
    own('openblas_get_config', 'str')?.() ?? (path.includes('Accelerate') ? 'Accelerate' : 'unknown');
  return Object.freeze({
    path,
    config: String(config).trim(),
    threads: typeof threads === 'number' ? threads : undefined,
    gemm: Object.freeze({
      float64: gemm(library, `${prefix}cblas_dgemm${suffix}`, integer, 'double'),
      float32: gemm(library, `${prefix}cblas_sgemm${suffix}`, integer, 'float'),
    }),
    gemv: Object.freeze({
      float64: gemv(library, `${prefix}cblas_dgemv${suffix}`, integer, 'double'),
      float32: gemv(library, `${prefix}cblas_sgemv${suffix}`, integer, 'float'),
    }),
    lapack: openLapack(own, integer),
  });
}

function lookUp(library: Library, name: string, result: string, args: string[]): NativeFunction | undefined {
  try {
    return library.func(name, result, args);
  } catch {
    return undefined;
  }
}

const ROW_MAJOR = 101;
const AS_IT_IS = 111;
const TRANSPOSED = 112;

function gemm(library: Library, name: string, integer: string, real: string): Gemm {
  const sizes = [integer, integer, integer];
  const operand = ['void *', integer];
  const args = ['int', 'int', 'int', ...sizes, real, ...operand, ...operand, real, ...operand];
  const call = library.func(name, 'void', args);
  return (m, n, k, a, b, beta, c) => {
    const [transA, transB] = [a, b].map(({ transposed }) => (transposed ? TRANSPOSED : AS_IT_IS));
    call(ROW_MAJOR, transA, transB, m, n, k, 1, a.data, a.leading, b.data, b.leading, beta, c, n);
  };
}

function gemv(library: Library, name: string, integer: string, real: string): Gemv {
  const vector = ['void *', integer];
  const args = ['int', 'int', integer, integer, real, ...vector, ...vector, real, ...vector];
  const call = library.func(name, 'void', args);
  return (rows, columns, { data, transposed, leading }, x, beta, y) => {
    const stored = transposed ? [TRANSPOSED, columns, rows] : [AS_IT_IS, rows, columns];
    call(ROW_MAJOR, ...stored, 1, data, leading, x.data, x.stride, beta, y, 1);
  };
}
