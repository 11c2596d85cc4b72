// A function of blocks that takes its time, so that there is a middle of a run to interrupt.
export function slowly(block, info) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  info.out.data.set(block.data);
}
