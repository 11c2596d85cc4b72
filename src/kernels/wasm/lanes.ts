/** Arithmetic on elements of a dtype, in either form. */
import { type DType, itemsize } from '../dtype.js';
import { type Code, f32x4, f64, f64x2, i8x16, i16x8, i32x4, i64x2 } from './assembler.js';
import type { FloatLanes, Form, Lanes } from './lane-types.js';
import { scalarFloat, scalarInt } from './scalar-lanes.js';
import { vectorFloat, vectorInt } from './vector-lanes.js';

const known = new Map<string, Lanes>();

/** Arithmetic for a dtype other than bool. */
export function lanesOf(dtype: DType, form: Form): Lanes {
  const key = dtype + form;
  let lanes = known.get(key);
  if (lanes === undefined) {
    lanes = makeLanes(dtype, form);
    known.set(key, lanes);
  }
  return lanes;
}

/** Arithmetic for a floating-point dtype. */
export const floatLanes = (dtype: 'float32' | 'float64', form: Form): FloatLanes =>
  lanesOf(dtype, form) as FloatLanes;

function makeLanes(dtype: DType, form: Form): Lanes {
  if (dtype === 'float64' || dtype === 'float32')
    return form === 'scalar' ? scalarFloat(dtype) : vectorFloat(dtype);
  return form === 'scalar' ? scalarInt(dtype) : vectorInt(dtype);
}

/** An f64 is neither infinite nor NaN. */
export const isFinite64 = (x: Code): Code => f64.lt(f64.abs(x), f64.const(Number.POSITIVE_INFINITY));

/** A vector made of scalars of this dtype, one for each lane; lanes beyond them are copies of the first. */
export function gather(dtype: DType, scalars: readonly Code[]): Code {
  const lanes = lanesOf(dtype, 'vector');
  const replace = {
    1: i8x16.replaceLane,
    2: i16x8.replaceLane,
    4: dtype === 'float32' ? f32x4.replaceLane : i32x4.replaceLane,
    8: dtype === 'float64' ? f64x2.replaceLane : i64x2.replaceLane,
  }[itemsize(dtype)]!;
  return scalars.slice(1).reduce<Code>((v, s, k) => replace(v, k + 1, s), lanes.splat(scalars[0]!));
}
