import type { Allocation } from './memory/arena.js';
import type { Result } from './op.js';

/** The operation of a task whose result comes from elsewhere: the main thread puts it in place, no thread runs it. */
export const SUPPLY = 'engine/supply';

/** The parameters of such a task: its result, till it is in place. */
export class Supply {
  constructor(
    private result: Result | undefined,
    /** Where its block lies, if it came into memory that was reserved for it. */
    readonly reserved?: Allocation,
  ) {}

  take(): Result {
    const { result } = this;
    if (result === undefined) throw new Error('a result is supplied once');
    this.result = undefined;
    return result;
  }
}

/** Memory that blocks are on their way into, as those who fill it see it. */
export class Reservations {
  private readonly spaces = new Map<Uint8Array, Allocation>();

  add(allocation: Allocation, space: Uint8Array): Uint8Array {
    this.spaces.set(space, allocation);
    return space;
  }

  remove(space: Uint8Array): Allocation | undefined {
    const allocation = this.spaces.get(space);
    this.spaces.delete(space);
    return allocation;
  }

  /** Where a result lies that is one block, if it fills memory that was reserved. */
  of(result: Result): Allocation | undefined {
    if (!('blocks' in result) || result.blocks.length !== 1) return undefined;
    const { buffer, byteOffset, byteLength } = result.blocks[0]!.data;
    for (const [space, allocation] of this.spaces)
      if (space.buffer === buffer && space.byteOffset === byteOffset && space.byteLength === byteLength)
        return allocation;
    return undefined;
  }
}
