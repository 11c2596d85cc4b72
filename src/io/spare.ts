/** How many buffers a thread keeps for the next chunk: what is read, decoded, shuffled. */
const KEPT = 4;

/** Smallest first. */
const kept: Uint8Array[] = [];

/**
 * Lends the first `size` bytes of a buffer that was used before, of unknown contents: fresh memory for each chunk would cost
 * more than decoding it. Give it back when its bytes are copied.
 */
export function borrow(size: number): Uint8Array {
  const at = kept.findIndex((buffer) => buffer.length >= size);
  const buffer = at < 0 ? new Uint8Array(size) : kept.splice(at, 1)[0]!;
  return buffer.subarray(0, size);
}

/** Takes back what was lent. It must not be used any more. */
export function giveBack(lent: Uint8Array): void {
  kept.push(new Uint8Array(lent.buffer));
  kept.sort((a, b) => a.length - b.length);
  if (kept.length > KEPT) kept.shift();
}
