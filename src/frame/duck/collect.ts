import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | undefined | null;

/**
 * Lets go of the chunks of DuckDB that nobody refers to any more: each is freed when JavaScript's garbage is collected, which knows nothing of the
 * memory behind it. Without this 32 million rows of three numbers, streamed, took 570 MB at their peak; with it, once a batch, 103 MB, and a quarter
 * less time (0.14 ms each: only young objects are looked at). Where V8 does not allow it, nothing is done.
 */
export function collectChunks(): void {
  if (collect === undefined) collect = collector();
  collect?.({ type: 'minor' });
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
