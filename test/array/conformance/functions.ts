import type { BlockInfo, InputBlock } from '../../../src/array/index.js';

/** A function that travels to threads, and what it uses from outside. */
interface Named {
  readonly fn: (...args: never[]) => unknown;
  readonly captured?: Readonly<Record<string, unknown>>;
}

/** Captured by `weigh`: how far it looks, and along how many axes. */
declare const reach: number;
declare const axes: number;

/** Sums of neighbours along each axis, up to `reach` away, those on either side counting differently. */
function weigh({ data, shape }: InputBlock<'float64'>, { out }: BlockInfo<'float64'>): void {
  let from = Float64Array.from(data);
  let inner = data.length;
  for (let axis = 0; axis < Math.min(axes, shape.length); axis++) {
    const extent = shape[axis];
    inner /= extent;
    const to = new Float64Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const at = Math.floor(i / inner) % extent;
      for (let by = -reach; by <= reach; by++)
        if (at + by >= 0 && at + by < extent) to[i] += (by + reach + 1) * from[i + by * inner];
    }
    from = to;
  }
  out.data.set(from);
}

/** Adds up a block along the axes that the result has shortened. */
function added({ data, shape }: InputBlock<'float64'>, { out }: BlockInfo<'float64'>): void {
  out.data.fill(0);
  for (let i = 0; i < data.length; i++) {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const place = rest % shape[axis];
      rest = (rest - place) / shape[axis];
      if (out.shape[axis] > 1) at += place * step;
      step *= out.shape[axis];
    }
    out.data[at] += data[i];
  }
}

/** Of all elements, how many there are and their sum. */
const counted = ({ data }: InputBlock<'float64'>) => [data.length, data.reduce((a, b) => a + b)];

/** Of such pairs, one of their sums. */
const joined = ({ data }: InputBlock<'float64'>) => {
  const sums = [0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 2] += data[i];
  return sums;
};

/** Of such pairs, the mean. */
const shared = ({ data }: InputBlock<'float64'>) => {
  const sums = [0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 2] += data[i];
  return [sums[1] / sums[0]];
};

/** What test/truth/calls.py has under the same names. */
export const FUNCTIONS: { readonly [name: string]: Named } = {
  same: { fn: ({ data }: InputBlock<'float64'>) => data },
  weighed1: { fn: weigh, captured: { reach: 1, axes: 3 } },
  weighed2: { fn: weigh, captured: { reach: 2, axes: 3 } },
  down2: { fn: weigh, captured: { reach: 2, axes: 1 } },
  ends: { fn: (lane: Float64Array) => lane[0] + 10 * lane[lane.length - 1] },
  rise: { fn: (lane: Float64Array) => lane[lane.length - 1] > lane[0] },
  pairs: { fn: (lane: Float64Array) => [lane.slice(0, 2), lane.slice(-2)].map((pair) => Array.from(pair)) },
  doubled: { fn: ({ data }: InputBlock<'float64'>) => data.map((v) => 2 * v) },
  summed: {
    fn: (x: InputBlock<'float64'>, y: InputBlock<'float64'>, { out }: BlockInfo<'float64'>) => {
      for (let i = 0; i < out.data.length; i++) out.data[i] = x.data[i] + y.data[i];
    },
  },
  squares: { fn: ({ data }: InputBlock<'float64'>) => [data.reduce((sum, v) => sum + v * v, 0)] },
  added: { fn: added },
  counted: { fn: counted },
  joined: { fn: joined },
  shared: { fn: shared },
  backwards: { fn: (lane: Float64Array) => lane.reverse() },
};
