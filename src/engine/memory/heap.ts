/** A stretch of an arena: allocated, or a hole. Physical neighbours and holes of like size are linked. */
export interface Span {
  /** Byte address in the arena. */
  readonly address: number;
  /** Bytes, a multiple of the heap's granularity. */
  readonly size: number;
}

interface Node extends Span {
  address: number;
  size: number;
  free: boolean;
  /** neighbours in memory */
  below: Node | undefined;
  above: Node | undefined;
  /** neighbours in the list of holes of like size */
  next: Node | undefined;
  previous: Node | undefined;
}

/** Holes are binned by size: eight bins for every doubling. */
const SUB_BITS = 3;
const SUB = 1 << SUB_BITS;
const LEVELS = 28;
/** How many holes of the size's own bin are looked at before a bin in which all are large enough. */
const LOOKS = 8;

/**
 * Allocates stretches of an address range; pure bookkeeping, it never touches the memory.
 *
 * A segregated fit (after Masmano et al., TLSF, 2004): constant time; the hole freed last of its size is taken first, so
 * that memory still in caches is used again. Addresses above `top` were never given out. They are taken only when no
 * hole fits, because the first touch of a page costs more than most arithmetic on it and stays resident for good.
 */
export class Heap {
  /** The end of what was ever in use: every page below may be resident. */
  top: number;
  /** Bytes allocated now. */
  used = 0;
  private last: Node | undefined;
  private readonly bins: (Node | undefined)[] = new Array(LEVELS * SUB).fill(undefined);
  private readonly sub = new Uint8Array(LEVELS);
  private levels = 0;

  constructor(
    readonly start: number,
    readonly end: number,
    /** Sizes and addresses are multiples of this power of two. */
    readonly granularity: number,
  ) {
    this.top = start;
  }

  /** Bytes a request really takes. */
  roundUp(bytes: number): number {
    return Math.max(this.granularity, Math.ceil(bytes / this.granularity) * this.granularity);
  }

  /**
   * A span of at least `bytes`, or undefined where no hole is large enough and the heap may not grow so far.
   * @param growth how many bytes `top` may rise
   */
  allocate(bytes: number, growth: number): Span | undefined {
    const size = this.roundUp(bytes);
    const hole = this.findHole(size);
    if (hole !== undefined) {
      this.unlink(hole);
      return this.carve(hole, size);
    }
    return this.grow(size, growth);
  }

  /** Gives a span back; it merges with holes beside it. */
  free(span: Span): void {
    const node = span as Node;
    if (node.free) throw new Error(`span at ${node.address} freed twice`);
    this.used -= node.size;
    node.free = true;
    let hole = node;
    const { above, below } = node;
    if (above?.free) {
      this.unlink(above);
      this.merge(hole, above);
    }
    if (below?.free) {
      this.unlink(below);
      this.merge(below, hole);
      hole = below;
    }
    this.link(hole);
  }

  /** Gives back the end of a span beyond its first `bytes`. */
  trim(span: Span, bytes: number): void {
    const node = span as Node;
    const size = this.roundUp(bytes);
    if (size >= node.size) return;
    const tail = this.split(node, size);
    tail.free = false;
    this.free(tail);
  }

  /** Takes back the hole below `top`, if there is one: the bytes [new top, old top) hold nothing now. */
  lowerTop(): number {
    const { last } = this;
    if (!last?.free) return 0;
    this.unlink(last);
    this.top = last.address;
    this.last = last.below;
    if (this.last !== undefined) this.last.above = undefined;
    return last.size;
  }

  /** Every span, in address order; for tests and diagnostics. */
  *spans(): Generator<Span & { readonly free: boolean }> {
    const nodes: Node[] = [];
    for (let node = this.last; node !== undefined; node = node.below) nodes.push(node);
    for (const node of nodes.reverse()) yield { address: node.address, size: node.size, free: node.free };
  }

  private findHole(size: number): Node | undefined {
    const bin = this.binOf(size);
    let node = this.bins[bin];
    for (let look = 0; node !== undefined && look < LOOKS; look++) {
      if (node.size >= size) return node;
      node = node.next;
    }
    // Any hole of a higher bin is large enough.
    let level = bin >> SUB_BITS;
    const rest = this.sub[level]! & ~((2 << (bin & (SUB - 1))) - 1);
    if (rest !== 0) return this.bins[(level << SUB_BITS) + lowestBit(rest)];
    const higher = this.levels & ~((2 << level) - 1);
    if (higher === 0) return this.searchOwnBin(bin, size);
    level = lowestBit(higher);
    return this.bins[(level << SUB_BITS) + lowestBit(this.sub[level]!)];
  }

  /** The last resort before the heap grows: all holes of the size's own bin. */
  private searchOwnBin(bin: number, size: number): Node | undefined {
    for (let node = this.bins[bin]; node !== undefined; node = node.next) if (node.size >= size) return node;
    return undefined;
  }

  private carve(node: Node, size: number): Span {
    if (node.size > size) this.link(this.split(node, size));
    node.free = false;
    this.used += size;
    return node;
  }

  private grow(size: number, growth: number): Span | undefined {
    const { last } = this;
    const base = last?.free ? last.address : this.top;
    const top = base + size;
    if (top > this.end || top - this.top > growth) return undefined;
    this.top = top;
    this.used += size;
    if (last?.free) {
      this.unlink(last);
      last.size = size;
      last.free = false;
      return last;
    }
    const node: Node = {
      address: base,
      size,
      free: false,
      below: last,
      above: undefined,
      next: undefined,
      previous: undefined,
    };
    if (last !== undefined) last.above = node;
    this.last = node;
    return node;
  }

  /** Cuts a node after `size` bytes; the new upper part is a hole not yet linked. */
  private split(node: Node, size: number): Node {
    const { above } = node;
    const tail: Node = {
      address: node.address + size,
      size: node.size - size,
      free: true,
      below: node,
      above,
      next: undefined,
      previous: undefined,
    };
    node.size = size;
    node.above = tail;
    if (above !== undefined) above.below = tail;
    else this.last = tail;
    return tail;
  }

  private merge(lower: Node, upper: Node): void {
    lower.size += upper.size;
    lower.above = upper.above;
    if (upper.above !== undefined) upper.above.below = lower;
    else this.last = lower;
  }

  private binOf(size: number): number {
    const units = size / this.granularity;
    // Sizes below 8 units have a bin each; above, a level a doubling.
    if (units < SUB) return units;
    const exponent = 31 - Math.clz32(units);
    return ((exponent - SUB_BITS + 1) << SUB_BITS) + ((units >>> (exponent - SUB_BITS)) & (SUB - 1));
  }

  private link(node: Node): void {
    const bin = this.binOf(node.size);
    const head = this.bins[bin];
    node.free = true;
    node.next = head;
    node.previous = undefined;
    if (head !== undefined) head.previous = node;
    this.bins[bin] = node;
    this.sub[bin >> SUB_BITS]! |= 1 << (bin & (SUB - 1));
    this.levels |= 1 << (bin >> SUB_BITS);
  }

  private unlink(node: Node): void {
    const { next, previous } = node;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) {
      previous.next = next;
    } else {
      const bin = this.binOf(node.size);
      this.bins[bin] = next;
      if (next === undefined) {
        this.sub[bin >> SUB_BITS]! &= ~(1 << (bin & (SUB - 1)));
        if (this.sub[bin >> SUB_BITS] === 0) this.levels &= ~(1 << (bin >> SUB_BITS));
      }
    }
    node.next = undefined;
    node.previous = undefined;
  }
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
