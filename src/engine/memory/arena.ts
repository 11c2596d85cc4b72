import { Heap, type Span } from './heap.js';

/** Blocks from this size on lie by themselves, aligned to pages; smaller ones lie together in slabs. */
const LARGE = 16_384;
const SLAB = 65_536;
const PAGE = 4_096;
const LINE = 64;
/** The first page is never given out: address 0 means "nowhere" to compiled kernels. */
export const RESERVED = 65_536;
/** What one WebAssembly memory can hold. */
export const ARENA_BYTES = 2 ** 32;

/** Bytes on which a block of so many bytes is aligned. */
export const alignmentOf = (bytes: number): number => (bytes >= LARGE ? PAGE : LINE);

interface Slab {
  readonly home: Span;
  readonly heap: Heap;
}

/** A place in an arena. */
export interface Allocation extends Span {
  readonly arena: Arena;
}

interface Held extends Allocation {
  span: Span;
  size: number;
  readonly slab: Slab | undefined;
}

/**
 * One arena's bookkeeping: pages for large blocks, slabs for small ones, so that small blocks that live long do not cut
 * the space for large ones to pieces.
 */
export class Arena {
  private readonly heap: Heap;
  private readonly slabs = new Set<Slab>();
  /** Bytes of allocations, without what slabs have spare. */
  used = 0;

  constructor(
    readonly index: number,
    readonly bytes: number = ARENA_BYTES,
  ) {
    this.heap = new Heap(RESERVED, bytes, PAGE);
  }

  /** Bytes below the highest address ever used: all of them may be resident. */
  get touched(): number {
    return this.heap.top - RESERVED;
  }

  /** @param growth how many bytes more may become resident */
  allocate(bytes: number, growth: number): Allocation | undefined {
    return bytes < LARGE ? this.allocateSmall(bytes, growth) : this.allocateLarge(bytes, growth);
  }

  free(allocation: Allocation): void {
    const { slab, span, size } = allocation as Held;
    this.used -= size;
    if (slab === undefined) {
      this.heap.free(span);
      return;
    }
    slab.heap.free(span);
    if (slab.heap.used === 0) {
      this.slabs.delete(slab);
      this.heap.free(slab.home);
    }
  }

  /** Gives back the end of an allocation beyond its first `bytes`. */
  trim(allocation: Allocation, bytes: number): void {
    const held = allocation as Held;
    (held.slab?.heap ?? this.heap).trim(held.span, bytes);
    this.used -= held.size - held.span.size;
    held.size = held.span.size;
  }

  /** Stops counting the free end of the arena as resident; returns the range, which the caller gives back to the system. */
  lowerTop(): { readonly address: number; readonly size: number } {
    const size = this.heap.lowerTop();
    return { address: this.heap.top, size };
  }

  private allocateLarge(bytes: number, growth: number): Held | undefined {
    const span = this.heap.allocate(bytes, growth);
    if (span === undefined) return undefined;
    this.used += span.size;
    return { arena: this, address: span.address, size: span.size, span, slab: undefined };
  }

  private allocateSmall(bytes: number, growth: number): Held | undefined {
    for (const slab of this.slabs) {
      const span = slab.heap.allocate(bytes, Number.POSITIVE_INFINITY);
      if (span !== undefined) return this.holdSmall(slab, span);
    }
    const home = this.heap.allocate(SLAB, growth);
    if (home === undefined) return undefined;
    const slab: Slab = { home, heap: new Heap(home.address, home.address + home.size, LINE) };
    this.slabs.add(slab);
    const span = slab.heap.allocate(bytes, Number.POSITIVE_INFINITY);
    return span && this.holdSmall(slab, span);
  }

  private holdSmall(slab: Slab, span: Span): Held {
    this.used += span.size;
    return { arena: this, address: span.address, size: span.size, span, slab };
  }
}
