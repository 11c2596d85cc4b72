import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { readonly type: 'minor' }) => void;

let collect: Collect | undefined | null;

/**
 * Collects JavaScript's garbage now, in the thread that asks: what was made lately, or all; some buffers are freed a little after it. V8 does it by
 * itself when enough objects were made, but hardly counts the memory behind them: buffers, and what libraries hold for an object. Where V8
 * does not allow it, nothing is done.
 */
export function collectGarbage(what: 'young' | 'all'): void {
  if (collect === undefined) collect = collector();
  if (what === 'young') collect?.({ type: 'minor' });
  else collect?.();
}

function collector(): Collect | null {
  try {
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    return typeof found === 'function' ? (found as Collect) : null;
  } catch {
    return null;
  }
}
