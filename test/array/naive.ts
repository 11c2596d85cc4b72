/** Arrays of numbers by plain loops: what blocked results are compared with. */
export interface Plain {
  readonly shape: readonly number[];
  /** elements in C order */
  readonly data: readonly number[];
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Every index of a shape, in C order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const at = shape.map(() => 0);
  for (let i = 0; i < count(shape); i++) {
    yield [...at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++at[axis] < shape[axis]) break;
      at[axis] = 0;
    }
  }
}

export const build = (shape: readonly number[], element: (at: number[]) => number): Plain => ({
  shape,
  data: Array.from(indices(shape), element),
});

export function at({ shape, data }: Plain, index: readonly number[]): number {
  return data[index.reduce((flat, i, axis) => flat * shape[axis] + i, 0)];
}

export const map = (x: Plain, f: (value: number) => number): Plain => ({
  shape: x.shape,
  data: x.data.map(f),
});

/** `f` of two arrays that broadcast. */
export function zip(x: Plain, y: Plain, f: (a: number, b: number) => number): Plain {
  const rank = Math.max(x.shape.length, y.shape.length);
  const extent = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [extent(x.shape, axis), extent(y.shape, axis)];
    return a === 1 ? b : a;
  });
  const pick = (p: Plain, index: readonly number[]): number =>
    at(
      p,
      p.shape.map((n, axis) => (n === 1 ? 0 : index[axis + rank - p.shape.length])),
    );
  return build(shape, (index) => f(pick(x, index), pick(y, index)));
}

/** Lists of the elements folded together, for each element left after `axes` are reduced. */
export function fold(
  x: Plain,
  axes: readonly number[],
  keepdims: boolean,
  f: (values: number[]) => number,
): Plain {
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const groups = build(kept, (index) => {
    const values: number[] = [];
    for (const inner of indices(x.shape.map((n, axis) => (axes.includes(axis) ? n : 1))))
      values.push(
        at(
          x,
          index.map((i, axis) => i + inner[axis]),
        ),
      );
    return f(values);
  });
  return keepdims ? groups : { shape: x.shape.filter((_, axis) => !axes.includes(axis)), data: groups.data };
}

export const transpose = (x: Plain, order: readonly number[]): Plain =>
  build(
    order.map((axis) => x.shape[axis]),
    (index) => {
      const source = new Array<number>(order.length);
      order.forEach((axis, i) => {
        source[axis] = index[i];
      });
      return at(x, source);
    },
  );

/** Elements at lists of positions along each axis. */
export const gather = (x: Plain, positions: readonly (readonly number[])[]): Plain =>
  build(
    positions.map((list) => list.length),
    (index) =>
      at(
        x,
        index.map((i, axis) => positions[axis][i]),
      ),
  );

export const matmul = (x: Plain, y: Plain): Plain =>
  build([x.shape[0], y.shape[1]], ([i, j]) => {
    let sum = 0;
    for (let k = 0; k < x.shape[1]; k++) sum += at(x, [i, k]) * at(y, [k, j]);
    return sum;
  });

/** The positions that Python's `start:stop:step` picks of `extent`. */
export function pythonSlice(
  extent: number,
  start: number | null,
  stop: number | null,
  step: number,
): number[] {
  const limit = (value: number, low: number, high: number): number =>
    Math.min(Math.max(value < 0 ? value + extent : value, low), high);
  const found: number[] = [];
  if (step > 0) {
    const end = stop === null ? extent : limit(stop, 0, extent);
    for (let i = start === null ? 0 : limit(start, 0, extent); i < end; i += step) found.push(i);
  } else {
    const end = stop === null ? -1 : limit(stop, -1, extent - 1);
    for (let i = start === null ? extent - 1 : limit(start, -1, extent - 1); i > end; i += step)
      found.push(i);
  }
  return found;
}
