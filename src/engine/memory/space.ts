import { type Allocation, ARENA_BYTES, Arena, RESERVED } from './arena.js';

/**
 * All arenas together, under one limit on resident bytes. Pages that were once used stay resident (until an arena's free end is
 * given back), so it is not what is allocated that is held below the limit but what was touched.
 */
export class Space {
  readonly arenas: Arena[] = [];

  constructor(
    /** Bytes that may become resident. */
    public limit: number,
    private readonly arenaBytes: number = ARENA_BYTES,
  ) {}

  /** Bytes allocated now. */
  get used(): number {
    let used = 0;
    for (const arena of this.arenas) used += arena.used;
    return used;
  }

  /** Bytes that may be resident now. */
  get touched(): number {
    let touched = 0;
    for (const arena of this.arenas) touched += arena.touched;
    return touched;
  }

  /** The largest allocation that an empty space could serve. */
  get largest(): number {
    return Math.min(this.limit, this.arenaBytes - RESERVED);
  }

  allocate(arena: Arena, bytes: number): Allocation | undefined {
    return arena.allocate(bytes, this.limit - this.touched);
  }

  free(allocation: Allocation): void {
    allocation.arena.free(allocation);
  }

  /** Another arena, if there is resident memory left that the present ones cannot address. */
  open(): Arena | undefined {
    if (this.arenas.length > 0 && this.limit - this.touched <= 0) return undefined;
    const arena = new Arena(this.arenas.length, this.arenaBytes);
    this.arenas.push(arena);
    return arena;
  }
}
