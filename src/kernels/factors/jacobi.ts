import type { Reals } from '../lapack.js';

/** Pairs of columns are turned in sweeps; some ten are enough for thousands of columns. */
const MOST_SWEEPS = 60;
/** Two columns are at right angles where the cosine between them is less. */
const RIGHT_ANGLE = 2 ** -52;
/** The square of a length that is nothing beside the largest element, 1: smaller ones would be lost in products. */
const NOTHING = 2 ** -400;

/**
 * Singular values by one-sided Jacobi (Hestenes 1958; Demmel and Veselić 1992): pairs of columns of A are rotated until all are at right angles. Their lengths
 * are the singular values, accurate even where small. Computes in float64. Says whether it came to an end.
 */
export function jacobi(m: number, n: number, a: Reals, u: Reals, s: Reals, vt: Reals): boolean {
  const wide = n > m;
  const [length, count] = wide ? [n, m] : [m, n];
  const element = wide ? (i: number, j: number) => a[j * n + i] : (i: number, j: number) => a[i * n + j];
  let scale = 0;
  for (const x of a) scale = Math.max(scale, Math.abs(x));
  scale ||= 1;
  const columns = Array.from({ length: count }, (_, j) =>
    Float64Array.from({ length }, (_, i) => element(i, j) / scale),
  );
  const turns = Array.from({ length: count }, (_, j) => {
    const row = new Float64Array(count);
    row[j] = 1;
    return row;
  });
  if (!turnAll(columns, turns)) return false;

  const sizes = columns.map((column) => Math.sqrt(dot(column, column)));
  const order = sizes.map((_, j) => j).sort((p, q) => sizes[q] - sizes[p]);
  const directions = order.map((j) => {
    const size = sizes[j];
    return size > 0 ? columns[j].map((x) => x / size) : undefined;
  });
  complete(directions, length);
  order.forEach((j, at) => {
    s[at] = sizes[j] * scale;
    const [long, short] = [directions[at]!, turns[j]];
    const [left, right] = wide ? [short, long] : [long, short];
    for (let i = 0; i < m; i++) u[i * count + at] = left[i];
    vt.set(right, at * n);
  });
  return true;
}

function turnAll(columns: readonly Float64Array[], turns: readonly Float64Array[]): boolean {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let done = true;
    for (let p = 0; p < columns.length; p++)
      for (let q = p + 1; q < columns.length; q++) {
        const [x, y] = [columns[p], columns[q]];
        const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
        if (xx < NOTHING) x.fill(0);
        if (yy < NOTHING) y.fill(0);
        if (xx < NOTHING || yy < NOTHING) continue;
        if (Math.abs(xy) <= RIGHT_ANGLE * Math.sqrt(xx * yy) * Math.sqrt(x.length)) continue;
        done = false;
        const zeta = (yy - xx) / (2 * xy);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        turn(x, y, cosine, cosine * tangent);
        turn(turns[p], turns[q], cosine, cosine * tangent);
      }
    if (done) return true;
  }
  return false;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

function turn(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i], y[i]];
    x[i] = cosine * a - sine * b;
    y[i] = sine * a + cosine * b;
  }
}

/** Puts directions at right angles to all others where a singular value is zero: what is left of an axis without its part along those. */
function complete(directions: (Float64Array | undefined)[], length: number): void {
  let axis = 0;
  for (let at = 0; at < directions.length; at++) {
    while (directions[at] === undefined) {
      const rest = new Float64Array(length);
      rest[axis++] = 1;
      for (let twice = 0; twice < 2; twice++)
        for (const other of directions) {
          if (other === undefined) continue;
          const along = dot(rest, other);
          for (let i = 0; i < length; i++) rest[i] -= along * other[i];
        }
      const size = Math.sqrt(dot(rest, rest));
      // Of `length` axes at least one is that far from fewer directions.
      if (size > 1 / (2 * Math.sqrt(length))) directions[at] = rest.map((x) => x / size);
    }
  }
}
