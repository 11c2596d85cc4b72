import type { NativeFunction } from './koffi.js';

/**
 * LAPACK's routines, by which OpenBLAS and Accelerate factor matrices. Their matrices lie in columns, ours in rows: what is a matrix to us is its
 * transpose to them, without a copy.
 */

/** A matrix's elements, or other numbers of one float type. */
export type Reals = Float32Array | Float64Array;

type Argument = number | string | Reals | IntegerArray;
type IntegerArray = Int32Array | BigInt64Array;

/** A routine of Fortran's: everything is passed by its address; what it says in its last argument, `info`, is returned. */
export type Routine = (...args: readonly Argument[]) => number;

export interface Routines {
  readonly gelqf: Routine;
  readonly orglq: Routine;
  readonly gesdd: Routine;
  readonly getrf: Routine;
  readonly potrf: Routine;
  /** Solves with a triangle, by rows: `cblas_?trsm`. */
  readonly trsm: (...args: readonly (number | Reals)[]) => void;
}

export interface Lapack {
  readonly float32: Routines;
  readonly float64: Routines;
  /** Room for so many whole numbers of the library's. */
  readonly integers: (length: number) => IntegerArray;
}

type LookUp = (name: string, result: string, args: string[]) => NativeFunction | undefined;

/** The routines of a library whose whole numbers are `integer`; undefined where it lacks one. */
export function openLapack(lookUp: LookUp, integer: 'int32_t' | 'int64_t'): Lapack | undefined {
  const integers = (length: number) =>
    integer === 'int64_t' ? new BigInt64Array(length) : new Int32Array(length);
  const float32 = routines('s', 'float');
  const float64 = routines('d', 'double');
  return float32 && float64 && Object.freeze({ float32, float64, integers });

  function routines(letter: string, real: string): Routines | undefined {
    const gelqf = fortran(`${letter}gelqf_`, 8);
    const orglq = fortran(`${letter}orglq_`, 9);
    const gesdd = fortran(`${letter}gesdd_`, 14, 1);
    const getrf = fortran(`${letter}getrf_`, 6);
    const potrf = fortran(`${letter}potrf_`, 5, 1);
    const trsmArgs = ['int', 'int', 'int', 'int', 'int', integer, integer, real, 'void *', integer, 'void *'];
    const trsm = lookUp(`cblas_${letter}trsm`, 'void', [...trsmArgs, integer]);
    if (!(gelqf && orglq && gesdd && getrf && potrf && trsm)) return undefined;
    return Object.freeze({
      gelqf,
      orglq,
      gesdd,
      getrf,
      potrf,
      trsm: (...args: readonly (number | Reals)[]) => void trsm(...args),
    });
  }

  /** `texts` of the arguments are characters, whose lengths Fortran wants behind all others. */
  function fortran(name: string, count: number, texts = 0): Routine | undefined {
    const args = [...new Array<string>(count).fill('void *'), ...new Array<string>(texts).fill('int64_t')];
    const call = lookUp(name, 'void', args);
    if (call === undefined) return undefined;
    return (...given) => {
      const info = integers(1);
      call(...given.map(addressed), info, ...new Array<number>(texts).fill(1));
      return Number(info[0]);
    };
  }

  function addressed(argument: Argument): ArrayBufferView {
    if (typeof argument === 'string') return new TextEncoder().encode(argument);
    if (typeof argument !== 'number') return argument;
    const box = integers(1);
    box[0] = typeof box[0] === 'bigint' ? BigInt(argument) : argument;
    return box;
  }
}

/** Calls a routine twice: to ask how much room it wants to work in, then with that. */
export function withRoom<A extends Reals>(like: A, call: (work: A, length: number) => number): number {
  const room = (length: number) => new (like.constructor as new (length: number) => A)(length);
  const asked = room(1);
  const info = call(asked, -1);
  // A whole number of float32 may have been rounded down.
  const length = Math.max(1, Math.ceil(Number(asked[0]) * (1 + 2 ** -23)));
  return info === 0 ? call(room(length), length) : info;
}
