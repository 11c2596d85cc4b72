// Functions of a user's own module, as mapBlocks imports it in the threads.
export function checkedRoot(block, info) {
  info.out.data.set(block.data.map((v) => rootOf(v)));
}

function rootOf(value) {
  if (value < 0) throw new RangeError(`no root of ${value}`);
  return Math.sqrt(value);
}
