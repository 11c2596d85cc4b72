import { createRequire } from 'node:module';

const UNWIND = Symbol.for('tilework.kernel.unwind');

/** What the watchdog evaluates in the main thread before it stops code there. */
export const UNWIND_EXPRESSION = "globalThis[Symbol.for('tilework.kernel.unwind')]()";

/**
 * Code that V8 stops leaves Node's stack of asynchronous calls as it was, and at the next turn of the loop Node gives up for it. So it is cleared
 * first, which Node itself does after an error that nobody caught: by an internal module, for which the process has `--expose-internals`.
 */
export function letUnwind(): void {
  const { clearAsyncIdStack } = createRequire(import.meta.url)('internal/async_hooks');
  Object.defineProperty(globalThis, UNWIND, { value: () => void clearAsyncIdStack() });
}
