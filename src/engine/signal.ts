const SIGNAL = Symbol.for('tilework.kernel.signal');

/**
 * The signal of a run that was given none: in a notebook that of its cell, so that an interrupt ends what the cell computes. A kernel puts a function
 * there, of whichever copy of tilework it is.
 */
export function signalOf(given: AbortSignal | undefined): AbortSignal | undefined {
  return given ?? (Reflect.get(globalThis, SIGNAL) as (() => AbortSignal | undefined) | undefined)?.();
}
