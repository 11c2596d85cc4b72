import type { Op } from '../../../engine/op.js';
import { lu as factor, type Reals } from '../../../kernels/factors/index.js';
import { blockOf } from '../gather.js';

export interface LuParams {
  /** The row of the panel's first element on the diagonal. */
  readonly start: number;
}

/** L and U of some columns of a matrix, with all that stands left of them already dealt with; then the order of rows that makes them. */
export const lu: Op<LuParams, unknown> = ({ key, inputs, params, out }) => {
  const [panel, order] = out;
  panel.data.set(blockOf(inputs[0], key).data as never);
  const [m, n] = panel.shape;
  factor(m, n, params.start, panel.data as Reals, order.data as Int32Array);
};

export interface LowerParams extends LuParams {
  /** Whether L is wanted, else U. */
  readonly lower: boolean;
}

/** L or U of the columns of a factored panel: its rows go where the panels behind it put them, whose orders are the other inputs. */
export const luPart: Op<LowerParams, unknown> = ({ key, inputs, params, out }) => {
  const { start, lower } = params;
  const [target] = out;
  const [m, n] = target.shape;
  const panel = blockOf(inputs[0], key).data as Reals;
  const from = composed(
    inputs.slice(1).map((input) => blockOf(input, key).data as Int32Array),
    m,
  );
  const made = target.data as Reals;
  made.fill(0);
  for (let i = 0; i < m; i++) {
    const diagonal = i - start;
    const row = from[i] * n;
    if (!lower) {
      if (diagonal < n)
        made.set(panel.subarray(row + Math.max(0, diagonal), row + n), i * n + Math.max(0, diagonal));
    } else if (diagonal >= 0) {
      made.set(panel.subarray(row, row + Math.min(n, diagonal)), i * n);
      if (diagonal < n) made[i * n + diagonal] = 1;
    }
  }
};

/** The orders of rows of all panels, one after another, as one. */
export const luOrder: Op<null, unknown> = ({ key, inputs, out }) => {
  const orders = inputs.map((input) => blockOf(input, key).data as Int32Array);
  out[0].data.set(BigInt64Array.from(composed(orders, out[0].shape[0]), BigInt) as never);
};

function composed(orders: readonly Int32Array[], length: number): Int32Array {
  return orders.reduce(
    (rows, order) => order.map((row) => rows[row]),
    Int32Array.from({ length }, (_, i) => i),
  );
}
