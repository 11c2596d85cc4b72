import type { Engine } from '../engine/engine.js';
import type { Result } from '../engine/op.js';
import type { Key } from '../graph/task.js';

/** Somebody who waits for a result. */
interface Reader {
  /** Makes of a result, which is lent, what it is read as. */
  readonly shown: (result: Result) => unknown;
  /** What must not be collected before the result is there, since the engine would give it up. */
  readonly holder: object;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Readers = Map<Key, Reader[]>;

/** While so many questions are open, others are gathered … */
const MOST = 4;
/** … for at most so many milliseconds: a result that is computed again since its worker has gone holds up no other. */
const PATIENCE_MS = 20;

/**
 * Reads results from an engine. Each question has its price, on a cluster some messages there and back: so what is asked for in one turn of the
 * event loop, as by `Promise.all`, is asked for together, and so is what comes while several questions are open.
 */
class Reading {
  /** What is still to be asked for. */
  private queue: Readers | undefined;
  private open = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly engine: Engine) {}

  read(key: Key, reader: Reader): void {
    if (this.queue === undefined) {
      this.queue = new Map();
      setImmediate(() => this.due());
    }
    const others = this.queue.get(key);
    if (others === undefined) this.queue.set(key, [reader]);
    else others.push(reader);
  }

  /** The turn is over. */
  private due(): void {
    if (this.open < MOST) this.flush();
    else this.timer = setTimeout(() => this.flush(), PATIENCE_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const readers = this.queue!;
    this.queue = undefined;
    void this.ask(readers);
  }

  private async ask(readers: Readers): Promise<void> {
    this.open++;
    try {
      const results = await this.engine.run(new Map(), [...readers.keys()], {
        onOutput: (key, result) => {
          const those = readers.get(key)!;
          readers.delete(key);
          return give(those, result);
        },
      });
      results[Symbol.dispose]();
    } catch (error) {
      // One that is lost is no matter of the others'.
      if (readers.size > 1) for (const [key, those] of readers) void this.ask(new Map([[key, those]]));
      else for (const { reject } of [...readers.values()].flat()) reject(error);
    } finally {
      this.open--;
      if (this.timer !== undefined) this.flush();
    }
  }
}

/** Hands a result over, as long as it is lent. */
async function give(readers: readonly Reader[], result: Result): Promise<void> {
  for (const { shown, resolve, reject } of readers)
    try {
      resolve(await shown(result));
    } catch (error) {
      reject(error);
    }
}

const readings = new WeakMap<Engine, Reading>();

/**
 * Reads a result that an engine holds.
 *
 * @param shown makes of the result, which is lent, what it is read as
 * @param holder what keeps the engine holding it
 * @throws GraphError where the engine does not hold it (any more), and whatever ends a computation
 */
export function read<T>(
  engine: Engine,
  key: Key,
  shown: (result: Result) => T | Promise<T>,
  holder: object,
): Promise<T> {
  let reading = readings.get(engine);
  if (reading === undefined) {
    reading = new Reading(engine);
    readings.set(engine, reading);
  }
  return new Promise<T>((resolve, reject) => {
    reading.read(key, { shown, holder, resolve: resolve as Reader['resolve'], reject });
  });
}
