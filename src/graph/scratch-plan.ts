/** Blocks begin at multiples of this, as the engine's own do. */
const ALIGNMENT = 64;

interface Taken {
  readonly from: number;
  readonly to: number;
}

/** Gives parts of one piece of memory to what is in use at the same time, the first gap that is wide enough: a pure plan, made before there is any memory. */
export class ScratchPlan {
  /** By address. */
  private readonly taken: Taken[] = [];
  /** How many bytes the memory needs. */
  bytes = 0;

  /** @returns where so many bytes are free, which they are not any more; no other place is the same, even where it is of no bytes */
  take(bytes: number): number {
    const size = Math.max(bytes, 1);
    let from = 0;
    let i = 0;
    for (; i < this.taken.length && this.taken[i]!.from - from < size; i++)
      from = Math.ceil(this.taken[i]!.to / ALIGNMENT) * ALIGNMENT;
    this.taken.splice(i, 0, { from, to: from + size });
    this.bytes = Math.max(this.bytes, from + size);
    return from;
  }

  /** Gives back what was taken there. */
  free(at: number): void {
    const i = this.taken.findIndex(({ from }) => from === at);
    if (i >= 0) this.taken.splice(i, 1);
  }
}
