/** A FusedSpec prepared for code generation: equal nodes merged, compound functions taken apart, accumulators given their dtypes. */

import { type DType, itemsize, kindOf } from '../dtype.js';
import type { ExprNode, Fold, FusedSpec } from '../spec.js';
import { isTranscendental } from './math/index.js';

export interface Node {
  readonly op: string;
  readonly args: readonly number[];
  readonly dtype: DType;
  /** of a constant */
  readonly value?: number | bigint | boolean;
  /** which input, parameter, or axis */
  readonly which?: number;
}

/** A fold whose node has the accumulator's dtype. */
export interface PreparedFold {
  readonly kind: Fold['fold'];
  readonly node: number;
  readonly index: number | undefined;
  /** dtype of the (first) output block */
  readonly dtype: DType;
}

export interface Program {
  readonly inputs: readonly DType[];
  readonly nodes: readonly Node[];
  /** Axes that index nodes refer to. */
  readonly axes: readonly number[];
  readonly params: number;
  readonly maps: readonly { readonly node: number; readonly dtype: DType }[];
  readonly folds: readonly PreparedFold[];
  /** Nodes that the outputs need, and those of them that outputs take directly. */
  readonly used: ReadonlySet<number>;
  readonly roots: ReadonlySet<number>;
  /** Elements that one pass of the vector loop takes. */
  readonly group: number;
}

class Nodes {
  readonly list: Node[] = [];
  readonly #known = new Map<string, number>();

  add(node: Node): number {
    const { op, args, dtype, value, which } = node;
    // -0 and 0 differ, as do 1 and 1n
    const literal = Object.is(value, -0) ? '-0' : String(value);
    const key = [op, dtype, which, typeof value, literal, ...args].join();
    let id = this.#known.get(key);
    if (id === undefined) {
      id = this.list.push(node) - 1;
      this.#known.set(key, id);
    }
    return id;
  }

  cast(id: number, dtype: DType): number {
    const node = this.list[id]!;
    if (node.dtype === dtype) return id;
    if (node.op === 'const') {
      const value = castConstant(node.value!, dtype);
      if (value !== undefined) return this.add({ op: 'const', args: [], dtype, value });
    }
    return this.add({ op: 'cast', args: [id], dtype });
  }

  call(op: string, args: readonly number[], dtype: DType): number {
    const argument = this.list[args[0]!]!.dtype;
    const float = kindOf(argument) === 'float';
    if (float && (op === 'remainder' || op === 'floor_divide')) {
      const [a, b] = args as [number, number];
      const rest = this.add({ op: 'fmod', args: [a, b], dtype });
      return op === 'remainder'
        ? this.add({ op: 'floor_remainder', args: [rest, b], dtype })
        : this.add({ op: 'floor_quotient', args: [a, b, rest], dtype });
    }
    if (op === 'power') return this.#power(args as [number, number], dtype);
    return this.add({ op, args, dtype });
  }

  /** Small constant exponents need no logarithm. */
  #power([base, exponent]: [number, number], dtype: DType): number {
    const { op, value } = this.list[exponent]!;
    const n = op === 'const' ? Number(value) : Number.NaN;
    const square = () => this.add({ op: 'square', args: [base], dtype });
    if (n === 1) return base;
    if (n === 2) return square();
    if (n === 3) return this.add({ op: 'multiply', args: [square(), base], dtype });
    if (n === 4) return this.add({ op: 'square', args: [square()], dtype });
    if (kindOf(dtype) === 'float') {
      if (n === 0.5) return this.add({ op: 'root', args: [base], dtype });
      if (n === -1) return this.add({ op: 'reciprocal', args: [base], dtype });
    }
    return this.add({ op: 'power', args: [base, exponent], dtype });
  }
}

function castConstant(value: number | bigint | boolean, dtype: DType): Node['value'] {
  const kind = kindOf(dtype);
  if (kind === 'bool') return Boolean(value) || Number.isNaN(value);
  if (kind === 'float') return dtype === 'float32' ? Math.fround(Number(value)) : Number(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined;
  const bits = 8 * itemsize(dtype);
  const integer = BigInt(value);
  const wrapped = kind === 'int' ? BigInt.asIntN(bits, integer) : BigInt.asUintN(bits, integer);
  // a float out of range converts as the processor does it
  if (typeof value === 'number' && wrapped !== integer) return undefined;
  return bits === 64 ? wrapped : Number(wrapped);
}

function convert(nodes: Nodes, ids: readonly number[], node: ExprNode): number {
  const { dtype } = node;
  switch (node.op) {
    case 'input':
      return nodes.add({ op: 'input', args: [], dtype, which: node.input });
    case 'const':
      return nodes.add({ op: 'const', args: [], dtype, value: node.value });
    case 'param':
      return nodes.add({ op: 'param', args: [], dtype, which: node.param });
    case 'index':
      return nodes.add({ op: 'index', args: [], dtype, which: node.axis });
    case 'cast':
      return nodes.cast(ids[node.args[0]]!, dtype);
    default:
      return nodes.call(
        node.op,
        node.args.map((id) => ids[id]!),
        dtype,
      );
  }
}

const isArg = (fold: Fold): fold is Extract<Fold, { index: number }> => fold.fold.includes('arg');

/** The dtype in which a fold accumulates a node. */
function accumulator(fold: Fold['fold'], dtype: DType): DType {
  if (fold === 'any' || fold === 'all') return 'bool';
  const kind = kindOf(dtype);
  if (fold.includes('arg')) return kind === 'float' ? 'float64' : kind === 'uint' ? 'uint64' : 'int64';
  if (fold.includes('moments')) return 'float64';
  if (fold === 'sum' || fold === 'prod')
    return kind === 'float' ? 'float64' : kind === 'bool' ? 'int64' : dtype;
  return kind === 'bool' ? 'uint8' : dtype;
}

/** The widest element decides how many elements fill four vectors. */
function groupSize(nodes: readonly Node[], used: ReadonlySet<number>): number {
  let width = 1;
  for (const id of used) width = Math.max(width, itemsize(nodes[id]!.dtype));
  return Math.min(32, 64 / width);
}

function reachable(nodes: readonly Node[], roots: readonly number[]): Set<number> {
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (seen.has(id)) return;
    seen.add(id);
    nodes[id]!.args.forEach(visit);
  };
  roots.forEach(visit);
  return seen;
}

export function prepare(spec: FusedSpec): Program {
  const nodes = new Nodes();
  const ids: number[] = [];
  for (const node of spec.nodes) ids.push(convert(nodes, ids, node));

  const maps: Program['maps'][number][] = [];
  const folds: PreparedFold[] = [];
  for (const output of spec.outputs) {
    const node = ids[output.node];
    if (node === undefined)
      throw new RangeError(`fused loop: an output refers to node ${output.node} of ${ids.length}`);
    if (output.kind === 'map') maps.push({ node: nodes.cast(node, output.dtype), dtype: output.dtype });
    else {
      const to = accumulator(output.fold, nodes.list[node]!.dtype);
      // any and all: truth values, kept as bytes
      const cast = nodes.cast(node, to);
      folds.push({
        kind: output.fold,
        node: to === 'bool' ? nodes.cast(cast, 'uint8') : cast,
        index: isArg(output) ? nodes.cast(ids[output.index]!, 'int64') : undefined,
        dtype: output.dtype,
      });
    }
  }
  if ((spec.reduce !== undefined) !== folds.length > 0 || (maps.length > 0 && folds.length > 0))
    throw new TypeError('fused loop: outputs are folds when it reduces axes, and maps when it does not');

  const roots = [
    ...[...maps, ...folds].map((output) => output.node),
    ...folds.flatMap(({ index }) => (index === undefined ? [] : [index])),
  ];
  const used = reachable(nodes.list, roots);
  const leaves = (op: string) =>
    [...used].flatMap((id) => (nodes.list[id]!.op === op ? [nodes.list[id]!.which!] : []));
  return {
    inputs: spec.inputs,
    nodes: nodes.list,
    axes: [...new Set(leaves('index'))].sort((a, b) => a - b),
    params: Math.max(0, ...leaves('param').map((k) => k + 1)),
    maps,
    folds,
    used,
    roots: new Set(roots),
    group: groupSize(nodes.list, used),
  };
}

/** Whether a node's value comes from a double-precision function. */
export const needsDouble = (node: Node): boolean =>
  kindOf(node.dtype) === 'float' && isTranscendental(node.op);
