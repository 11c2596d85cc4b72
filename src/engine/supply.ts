import type { Result } from './op.js';

/** The operation of a task whose result comes from elsewhere: the main thread puts it in place, no thread runs it. */
export const SUPPLY = 'engine/supply';

/** The parameters of such a task: its result, till it is in place. */
export class Supply {
  constructor(private result: Result | undefined) {}

  take(): Result {
    const { result } = this;
    if (result === undefined) throw new Error('a result is supplied once');
    this.result = undefined;
    return result;
  }
}
