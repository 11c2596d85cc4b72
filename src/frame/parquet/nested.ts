import type { Leaf, Tree } from './layout.js';

/** The entries of one leaf: levels, and the values that are there. */
export interface LeafData {
  readonly def: Uint8Array;
  readonly rep: Uint8Array;
  readonly values: ArrayLike<unknown>;
}

/** Puts lists, structs and maps together from their leaves (Melnik et al. 2010), a row at a time. */
export class Assembler {
  private readonly at: Int32Array;
  private readonly taken: Int32Array;

  constructor(
    private readonly leaves: readonly LeafData[],
    private readonly convert: (leaf: Leaf, value: unknown) => unknown,
  ) {
    this.at = new Int32Array(leaves.length);
    this.taken = new Int32Array(leaves.length);
  }

  next(tree: Tree): unknown {
    if (tree.kind === 'leaf') return this.take(tree);
    const first = this.leaves[tree.first]!;
    const def = first.def[this.at[tree.first]!]!;
    if (def < tree.def) {
      this.pass(tree);
      return null;
    }
    if (tree.kind === 'struct') {
      const made: Record<string, unknown> = {};
      for (const [i, field] of tree.fields.entries()) made[tree.names[i]!] = this.next(field);
      return made;
    }
    const empty = def === tree.def;
    if (tree.kind === 'map') {
      const map = new Map<unknown, unknown>();
      if (empty) this.pass(tree);
      else
        do map.set(this.next(tree.key), this.next(tree.value));
        while (first.rep[this.at[tree.first]!] === tree.rep);
      return map;
    }
    const items: unknown[] = [];
    if (empty) this.pass(tree);
    else
      do items.push(this.next(tree.item));
      while (first.rep[this.at[tree.first]!] === tree.rep);
    return items;
  }

  private take(leaf: Leaf): unknown {
    const { def, values } = this.leaves[leaf.index]!;
    const at = this.at[leaf.index]!++;
    return def[at] === leaf.def ? this.convert(leaf, values[this.taken[leaf.index]!++]) : null;
  }

  /** One entry of each leaf below holds nothing. */
  private pass(tree: Exclude<Tree, Leaf>): void {
    for (let i = tree.first; i < tree.first + tree.count; i++) this.at[i]!++;
  }
}

/** Takes lists, structs and maps apart into the entries of their leaves. */
export class Shredder {
  readonly def: number[][];
  readonly rep: number[][];
  readonly values: unknown[][];

  constructor(leaves: readonly Leaf[]) {
    this.def = leaves.map(() => []);
    this.rep = leaves.map(() => []);
    this.values = leaves.map(() => []);
  }

  add(tree: Tree, value: unknown, rep = 0, above = 0): void {
    if (tree.kind === 'leaf') {
      const there = value !== null && value !== undefined;
      this.rep[tree.index]!.push(rep);
      this.def[tree.index]!.push(there ? tree.def : above);
      if (there) this.values[tree.index]!.push(value);
      return;
    }
    if (value === null || value === undefined) {
      this.nothing(tree, rep, above);
      return;
    }
    if (tree.kind === 'struct') {
      const fields = value as Readonly<Record<string, unknown>>;
      for (const [i, field] of tree.fields.entries()) this.add(field, fields[tree.names[i]!], rep, tree.def);
      return;
    }
    let at = rep;
    if (tree.kind === 'map') {
      for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
        this.add(tree.key, key, at, tree.def + 1);
        this.add(tree.value, item, at, tree.def + 1);
        at = tree.rep;
      }
      if ((value as ReadonlyMap<unknown, unknown>).size === 0) this.nothing(tree, rep, tree.def);
      return;
    }
    const items = value as ArrayLike<unknown>;
    for (let i = 0; i < items.length; i++) {
      this.add(tree.item, items[i], at, tree.def + 1);
      at = tree.rep;
    }
    if (items.length === 0) this.nothing(tree, rep, tree.def);
  }

  private nothing(tree: Exclude<Tree, Leaf>, rep: number, def: number): void {
    for (let i = tree.first; i < tree.first + tree.count; i++) {
      this.rep[i]!.push(rep);
      this.def[i]!.push(def);
    }
  }
}
