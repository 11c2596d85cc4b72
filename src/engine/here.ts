import { Control } from './control.js';
import type { FromThread, ToThread } from './messages.js';
import type { Thread } from './pool.js';

/** What `src/runner.ts` exports. It is loaded by its URL: the engine knows no operations, and most of a program's time none run here. */
interface RunnerModule {
  makeRunner(
    control: SharedArrayBuffer,
    post: (message: FromThread) => void,
  ): { take(message: ToThread): void };
}

export interface HereEvents {
  said(message: FromThread): void;
  /** The runner could not be loaded: it is over. */
  failed(cause: unknown): void;
}

/**
 * The main thread as one of the pool's: the runner that threads have, given each batch in a turn of the event loop of its own, so that
 * the program's other work comes in between.
 */
export class Here implements Thread {
  readonly control = new Control();
  readonly layers = new Set<number>();
  arenas = 0;
  private readonly queue: ToThread[] = [];
  private take: ((message: ToThread) => void) | undefined;
  private turn: NodeJS.Immediate | undefined;
  private ended = false;

  constructor(entry: URL, events: HereEvents) {
    const loaded = ({ makeRunner }: RunnerModule): void => {
      const runner = makeRunner(this.control.buffer, (message) => {
        if (!this.ended) events.said(message);
      });
      this.take = (message) => runner.take(message);
      this.work();
    };
    import(entry.href).then(loaded, (cause: unknown) => {
      if (!this.ended) events.failed(cause);
    });
  }

  post(message: ToThread): void {
    this.queue.push(message);
    if (this.take !== undefined) this.turn ??= setImmediate(() => this.work());
  }

  end(): void {
    this.ended = true;
    clearImmediate(this.turn);
    this.queue.length = 0;
  }

  /** Takes messages up to the end of a batch. */
  private work(): void {
    this.turn = undefined;
    for (let message = this.queue.shift(); message !== undefined; message = this.queue.shift()) {
      this.take!(message);
      if (message.kind === 'run') break;
    }
    if (this.queue.length > 0) this.turn ??= setImmediate(() => this.work());
  }
}
