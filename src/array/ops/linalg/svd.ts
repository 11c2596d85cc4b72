import type { Op } from '../../../engine/op.js';
import { svd as factor, type Reals } from '../../../kernels/factors/index.js';
import { blockOf } from '../gather.js';

/** U, singular values and Vᵀ of a matrix. Asks for room for a copy of it. */
export const svd: Op<null, { readonly label: string }> = ({ key, inputs, common, out, scratch }) => {
  const { data, shape } = blockOf(inputs[0], key);
  const [u, s, vt] = out.map((block) => block.data as Reals);
  const room = new (u.constructor as typeof Float64Array)(
    scratch.buffer as ArrayBuffer,
    scratch.byteOffset,
    data.length,
  );
  room.set(data as Float64Array);
  const [m, n] = shape;
  if (!factor(m, n, room, u, s, vt))
    throw new RangeError(
      `${common.label}: singular values were not found: the matrix has elements that are NaN or infinite, or is too far out of scale; nanToNum replaces such elements`,
    );
};
