import { seconds } from './time.js';

const ended = (): DOMException => new DOMException('nobody waits for this task any more', 'AbortError');

/** A task under way, and how it is ended when nobody waits for it any more. */
export class Running {
  /** In seconds since 1970. */
  readonly start = seconds();
  /** What it does, as soon as that is known. */
  op: string | undefined;
  aborted = false;
  private controller: AbortController | undefined;
  private cancel: ((reason: unknown) => void) | undefined;

  /** @param priority as its graph was submitted with, from -100 to 100 */
  constructor(readonly priority: number) {}

  /** Made when it is asked for: most tasks are small, and need none. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.aborted) this.controller.abort(ended());
    }
    return this.controller.signal;
  }

  /** The engine has begun it. @param cancel ends it there */
  begun(cancel: (reason: unknown) => void): void {
    this.cancel = cancel;
    if (this.aborted) cancel(ended());
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.controller?.abort(ended());
    this.cancel?.(ended());
  }
}
