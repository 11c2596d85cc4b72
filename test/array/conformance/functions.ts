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
  backwards: { fn: (lane: Float64Array) => lane.reverse() },
};
