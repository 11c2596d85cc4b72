/** Ways to cut the operands of a case into blocks. `operand` counts the arrays of the case, so that they differ. */
export type Chunking = (shape: readonly number[], operand: number) => number[][];

/** `extent` in pieces of `size`. */
const pieces = (extent: number, size: number): number[] => {
  if (extent === 0) return [0];
  const sizes: number[] = [];
  for (let at = 0; at < extent; at += size) sizes.push(Math.min(size, extent - at));
  return sizes;
};

/** Everything in one block. */
export const whole: Chunking = (shape) => shape.map((extent) => [extent]);

/** Blocks as small as some two dozen of them allow (a dozen where there are several axes), down to one element. */
export const fine: Chunking = (shape) => {
  const limit =
    shape.length > 0 ? Math.max(2, Math.floor((shape.length > 1 ? 12 : 24) ** (1 / shape.length))) : 1;
  return shape.map((extent) => pieces(extent, Math.ceil(extent / limit)));
};

/** Uneven pieces, other ones for each operand and axis. */
export const uneven: Chunking = (shape, operand) =>
  shape.map((extent, axis) => {
    if (extent < 2 || (operand + axis) % 3 === 2) return [extent];
    const first = (operand + axis) % 2 === 0 ? 1 : Math.ceil((extent * 2) / 3);
    return [first, ...pieces(extent - first, 3)].filter((size) => size > 0);
  });

/** Two blocks, cut across the longest axis. */
export const halves: Chunking = (shape) => {
  const longest = shape.indexOf(Math.max(...shape));
  return shape.map((extent, axis) => (axis === longest ? pieces(extent, Math.ceil(extent / 2)) : [extent]));
};

export const CHUNKINGS: { readonly [name: string]: Chunking } = { whole, fine, uneven };
