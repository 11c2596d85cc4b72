/**
 * Work that may take long and need not be done in one go: it yields where it can be left for a while, now and then and not in every step.
 * Whoever drives it decides whether it is.
 */
export type Pieces<T> = Generator<void, T, void>;

/** After so many small steps work yields. */
export const STEPS = 2048;

/** How long the event loop is kept from its other work, in milliseconds, give or take what is done between two yields. */
const PIECE_MS = 20;

/** Does all of it now. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Does it in pieces, with turns of the event loop between; what takes no longer than one is done at once, and no promise.
 *
 * @throws the signal's reason, which is looked at between pieces
 */
export function inPieces<T>(work: Pieces<T>, signal?: AbortSignal): T | Promise<T> {
  const until = performance.now() + PIECE_MS;
  while (performance.now() < until) {
    const { done, value } = work.next();
    if (done) return value;
  }
  return goOn(work, signal);
}

async function goOn<T>(work: Pieces<T>, signal: AbortSignal | undefined): Promise<T> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (signal?.aborted) {
    // It may have something to undo.
    work.return(undefined as T);
    throw signal.reason;
  }
  return inPieces(work, signal);
}
