/** Turns a program's nodes into code: one element (`scalar`) or a group of elements (`vector`) at a time. */

import { type DType, itemsize, kindOf } from '../dtype.js';
import { type Code, type FunctionBuilder, f32, f64x2, Local, type ValueType } from './assembler.js';
import {
  castScalar,
  castStep,
  demotePair,
  narrow,
  narrowMask,
  sameWidth,
  widen,
  widenMask,
} from './casts.js';
import { element, isPredicate, logical } from './elementwise.js';
import { integerFunction, isScalarInteger } from './integer.js';
import type { Form } from './lane-types.js';
import { gather, lanesOf } from './lanes.js';
import type { Library } from './library.js';
import { BINARY, type SinCos, sinCos, tan, UNARY } from './math/index.js';
import { type Node, needsDouble, type Program } from './program.js';
import { scalarMasks, scalarType } from './scalar-lanes.js';
import { vectorMasks } from './vector-lanes.js';

/** A value that does not change along the inner loop: the scalar, and a vector of copies (of a bool: a mask, all ones or none). */
export interface Invariant {
  readonly scalar: Local;
  readonly vector: Local;
}

export interface Leaves {
  /** Loads a part of an input, or makes a part of an index. */
  load(node: Node, part: number): Code;
  readonly invariants: ReadonlyMap<number, Invariant>;
}

/**
 * The values of one group of elements. In vector form a node of itemsize w fills `group · w / 16` vectors, its *parts*; a bool is a
 * mask, whose lanes are as wide as those of what it is compared from or used with. Each part of each node is computed once,
 * when first asked for, into a local.
 */
export class Values {
  readonly #memo = new Map<string, Local>();
  readonly #sinCos = new Map<string, SinCos>();

  constructor(
    readonly f: FunctionBuilder,
    readonly library: Library,
    readonly program: Program,
    readonly form: Form,
    readonly leaves: Leaves,
  ) {}

  /** Values for code that may not run: they see what is known here, but what they compute is theirs alone. */
  fork(): Values {
    const fork = new Values(this.f, this.library, this.program, this.form, this.leaves);
    for (const [key, local] of this.#memo) fork.#memo.set(key, local);
    for (const [key, both] of this.#sinCos) fork.#sinCos.set(key, both);
    return fork;
  }

  parts(width: number): number {
    return this.form === 'scalar' ? 1 : Math.max(1, (this.program.group * width) / 16);
  }

  /** How many lanes of a part hold elements. */
  lanes(width: number): number {
    return this.form === 'scalar' ? 1 : Math.min(16 / width, this.program.group);
  }

  /** A part of a node that is not bool. */
  value(id: number, part: number): Code {
    const node = this.#node(id);
    if (node.op === 'const') return lanesOf(node.dtype, this.form).constant(node.value as number | bigint);
    const invariant = this.leaves.invariants.get(id);
    if (invariant !== undefined) return invariant[this.form];
    if (node.op === 'cast') return this.as(node.args[0]!, node.dtype, part);
    return this.#once(`${id}:${part}`, this.#typeOf(node.dtype), () => this.#prepare(node, part));
  }

  /** A part of a bool node as a mask of lanes `width` bytes wide. */
  mask(id: number, part: number, width: number): Code {
    const node = this.#node(id);
    const masks = this.form === 'scalar' ? scalarMasks : vectorMasks;
    if (node.op === 'const') return masks.constant(Boolean(node.value));
    const invariant = this.leaves.invariants.get(id);
    if (invariant !== undefined) return invariant[this.form];
    if (this.form === 'scalar') return this.#once(`${id}`, 'i32', () => this.#prepareMask(node, 0));
    const natural = this.#natural(id);
    return this.#once(`${id}:${part}:${width}`, 'v128', () => {
      if (width === natural) return this.#prepareMask(node, part);
      if (width > natural) {
        const half = this.mask(id, part >> 1, width / 2);
        return () => widenMask(half, part & 1, width / 2);
      }
      const [a, b] = this.#pair((p) => this.mask(id, p, width * 2), part, width * 2);
      return () => narrowMask(a, b, width);
    });
  }

  /** A part of a node converted to another dtype; bool as 0 and 1. */
  as(id: number, to: DType, part: number): Code {
    const from = this.#node(id).dtype;
    if (from === to) return this.value(id, part);
    const type = this.#typeOf(to);
    return this.#once(`${id}:${part}:${to}`, type, () => {
      if (from === 'bool') {
        const mask = this.mask(id, part, itemsize(to));
        const one = lanesOf(to, this.form).constant(1);
        if (this.form === 'scalar') return () => castScalar(this.f, 'bool', to, mask);
        return () => vectorMasks.and(mask, one);
      }
      if (this.form === 'scalar') {
        const value = this.value(id, 0);
        return () => castScalar(this.f, from, to, value);
      }
      return this.#convert(id, from, to, part);
    });
  }

  #convert(id: number, from: DType, to: DType, part: number): () => Code {
    const step = castStep(from, to);
    if (step === undefined) return this.#convertLanes(id, from, to, part);
    let before = from;
    for (let next = step; next !== to; next = castStep(next, to) ?? to) {
      // what follows may have to go lane by lane: from the last dtype reached by vectors
      before = next;
      if (castStep(next, to) === undefined) return this.#convertLanes(id, next, to, part);
    }
    const [a, b] = [itemsize(before), itemsize(to)];
    if (a === b) {
      const same = this.as(id, before, part);
      return () => sameWidth(before, to, same);
    }
    if (a < b) {
      const half = this.as(id, before, part >> 1);
      return () => widen(before, to, half, part & 1);
    }
    const [low, high] = this.#pair((p) => this.as(id, before, p), part, a);
    return () => narrow(this.f, before, to, low, high);
  }

  #convertLanes(id: number, from: DType, to: DType, part: number): () => Code {
    const source = lanesOf(from, 'vector');
    const [perSource, perTarget] = [16 / itemsize(from), 16 / itemsize(to)];
    const lanes = Array.from({ length: this.lanes(itemsize(to)) }, (_, k) => {
      const at = part * perTarget + k;
      return { vector: this.as(id, from, Math.floor(at / perSource)), lane: at % perSource };
    });
    return () =>
      gather(
        to,
        lanes.map(({ vector, lane }) => castScalar(this.f, from, to, source.extract(vector, lane))),
      );
  }

  /** Parts 2·part and the next, of lanes `width` bytes wide; the first twice when there is but one. */
  #pair(get: (part: number) => Code, part: number, width: number): [Code, Code] {
    const low = get(2 * part);
    return [low, 2 * part + 1 < this.parts(width) ? get(2 * part + 1) : low];
  }

  #node(id: number): Node {
    return this.program.nodes[id]!;
  }

  #typeOf(dtype: DType): ValueType {
    return this.form === 'vector' ? 'v128' : scalarType(dtype);
  }

  /**
   * The local that holds what `prepare` yields. `prepare` asks for arguments and returns what computes the value from them;
   * only the latter's temporaries may be reused.
   */
  #once(key: string, type: ValueType, prepare: () => () => Code): Local {
    let local = this.#memo.get(key);
    if (local === undefined) {
      const make = prepare();
      local = this.f.local(type);
      const { f } = this;
      f.scope(() => f.emit(local!.set(make())));
      this.#memo.set(key, local);
    }
    return local;
  }

  /** How wide the lanes of a bool node are by nature. */
  #natural(id: number): number {
    const node = this.#node(id);
    if (node.op === 'input' || node.op === 'const' || this.leaves.invariants.has(id)) return 1;
    return Math.max(
      ...node.args.map((a) => {
        const { dtype } = this.#node(a);
        return dtype === 'bool' ? this.#natural(a) : itemsize(dtype);
      }),
    );
  }

  #prepare(node: Node, part: number): () => Code {
    const { op, args, dtype } = node;
    if (op === 'input' || op === 'index' || op === 'param') return () => this.leaves.load(node, part);
    if (op === 'where') {
      const mask = this.mask(args[0]!, part, itemsize(dtype));
      const [a, b] = [this.value(args[1]!, part), this.value(args[2]!, part)];
      return () => lanesOf(dtype, this.form).select(mask, a, b);
    }
    if (needsDouble(node)) return this.#prepareDouble(node, part);
    const values = args.map((a) => this.value(a, part));
    if (kindOf(dtype) !== 'float' && isScalarInteger(op)) return () => this.#eachInteger(node, values);
    return () => element(this.f, lanesOf(dtype, this.form), op, values);
  }

  #eachInteger({ op, dtype, args }: Node, values: readonly Code[]): Code {
    const { f, library, form } = this;
    const last = this.#node(args.at(-1)!);
    const constant = last.op === 'const' ? BigInt(last.value!) : undefined;
    if (form === 'scalar') return integerFunction(f, library, op, dtype, values, constant);
    const [lanes, scalar] = [lanesOf(dtype, 'vector'), lanesOf(dtype, 'scalar')];
    const scalars = Array.from({ length: this.lanes(itemsize(dtype)) }, (_, k) => {
      const each = values.map((v, a) =>
        constant !== undefined && a === values.length - 1
          ? scalar.constant(constant)
          : f.let(scalar.type, lanes.extract(v, k)),
      );
      return integerFunction(f, library, op, dtype, each, constant);
    });
    return gather(dtype, scalars);
  }

  #prepareMask(node: Node, part: number): () => Code {
    const { op, args } = node;
    if (op === 'input') return () => this.leaves.load(node, part);
    const masks = this.form === 'scalar' ? scalarMasks : vectorMasks;
    const of = this.#node(args.at(-1)!).dtype;
    if (of === 'bool') {
      const width = this.form === 'scalar' ? 1 : Math.max(...args.map((a) => this.#natural(a)));
      const values = args.map((a) => this.mask(a, part, width));
      if (op === 'where') return () => masks.select(values[0]!, values[1]!, values[2]!);
      return () => logical(this.f, masks, op, values);
    }
    const values = args.map((a) => this.value(a, part));
    const lanes = lanesOf(of, this.form);
    if (op === 'cast') return () => lanes.ne(values[0]!, lanes.constant(0));
    if (!isPredicate(op)) throw new TypeError(`fused loop: ${op} of ${of} does not give bool`);
    return () => element(this.f, lanes, op, values);
  }

  /** A function that is computed in double precision; a float32 result is rounded from it. */
  #prepareDouble(node: Node, part: number): () => Code {
    if (node.dtype === 'float64') return this.#double(node, part);
    if (this.form === 'scalar') {
      const make = this.#double(node, 0);
      return () => f32.demoteF64(make());
    }
    const halves = [2 * part, 2 * part + 1].map((p) =>
      this.#once(`${node.op}(${node.args}):${p}`, 'v128', () => this.#double(node, p)),
    );
    return () => demotePair(halves[0]!, halves[1]!);
  }

  #double(node: Node, part: number): () => Code {
    const { f, library } = this;
    const { op, args } = node;
    const values = args.map((a) => this.as(a, 'float64', part));
    // one element takes the same path as two, so that a value does not depend on its place
    const vectors = this.form === 'vector' ? values : values.map((v) => f64x2.splat(v));
    const result = (code: Code): Code => (this.form === 'vector' ? code : f64x2.extractLane(code, 0));
    const first = (): Local => {
      const v = vectors[0]!;
      return v instanceof Local ? v : f.let('v128', v);
    };
    if (op === 'sin' || op === 'cos' || op === 'tan') {
      const key = `${args[0]}:${part}`;
      let shared = this.#sinCos.get(key);
      if (shared === undefined) {
        const [sin, cos] = [f.local('v128'), f.local('v128')];
        f.scope(() => {
          const both = sinCos(f, library, first());
          f.emit(sin.set(both.sin), cos.set(both.cos));
        });
        shared = { sin, cos };
        this.#sinCos.set(key, shared);
      }
      const { sin, cos } = shared;
      return () => result(op === 'tan' ? tan({ sin, cos }) : op === 'sin' ? sin : cos);
    }
    const unary = UNARY[op as keyof typeof UNARY];
    if (unary !== undefined) return () => result(unary(f, library, first()));
    const binary = BINARY[op as keyof typeof BINARY]!;
    return () => result(binary(library, vectors[0]!, vectors[1]!));
  }
}
