/** A run under way. */
export interface Begun<T> {
  /** Resolves when its outputs are there, or were taken; rejects with what went wrong. */
  readonly done: Promise<T>;
  /** Ends it with a reason; does nothing once it is done. */
  readonly cancel: (reason: unknown) => void;
}
