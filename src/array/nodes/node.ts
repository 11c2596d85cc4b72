import type { Engine } from '../../engine/engine.js';
import { tokenize } from '../../graph/key.js';
import type { Key, Task } from '../../graph/task.js';
import type { DType } from '../../kernels/dtype.js';
import type { ExprNode, Fold } from '../../kernels/spec.js';
import { type Hold, holderOf } from '../../lazy/index.js';
import { type Chunks, gridOf, shapeOf } from './chunks.js';

/** One of the arrays that a node yields (most yield one: part 0). */
export interface Operand {
  readonly node: ArrayNode;
  readonly part: number;
}

interface NodeBase {
  /** Deterministic: equal work has an equal name. Keys of its blocks are made from it. */
  readonly name: string;
  /** Element type of each part. All parts have the one shape and the one chunking. */
  readonly parts: readonly DType[];
  readonly shape: readonly number[];
  readonly chunks: Chunks;
  /** Upper bounds of the chunk sizes, where some are unknown. */
  readonly bounds?: Chunks;
  readonly inputs: readonly Operand[];
  /** The engine that holds some of what it is made of. */
  readonly engine?: Engine | undefined;
}

/** An elementwise expression of its inputs, which broadcast against its shape and share its chunk boundaries. */
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly nodes: readonly ExprNode[];
  /** Index into `nodes` of each part. */
  readonly results: readonly number[];
}

/** How elements are read along `axis` of a view (-1: not at all, one fixed position): from which on, by block of the view along that axis, and with which step. */
export interface Along {
  readonly axis: number;
  readonly start: readonly number[];
  readonly step: number;
}

/**
 * How one axis of a view's input is read: along an axis of the view, from which block and which element in it; of
 * windows over it, which overlap, along further axes within that block, whose positions are added.
 */
export interface AxisMap extends Along {
  readonly block: readonly number[];
  readonly also?: readonly Along[];
}

/** All axes along which one axis of the input is read: first that which says the block. */
export const alongsOf = (map: AxisMap): readonly Along[] => [map, ...(map.also ?? [])];

/** Elements of one input seen through slices, transposition and broadcasting: never stored, read by strides. */
export interface ViewNode extends NodeBase {
  readonly kind: 'view';
  readonly map: readonly AxisMap[];
}

/** The position along an axis, of dtype int64. */
export interface IotaNode extends NodeBase {
  readonly kind: 'iota';
  readonly axis: number;
}

/** Folds of inputs over axes, block by block: each reduced axis keeps one element a block. */
export interface FoldNode extends NodeBase {
  readonly kind: 'fold';
  readonly axes: readonly number[];
  /** `node` and `index` of each fold number the inputs. */
  readonly folds: readonly Fold[];
}

/** Joins neighbouring partial results of a fold: one step of a tree reduction. */
export interface CombineNode extends NodeBase {
  readonly kind: 'combine';
  /** How many blocks along each axis become one. */
  readonly group: readonly number[];
  /** The expression for `count` blocks; inputs are numbered block by block, part by part. */
  readonly build: (count: number) => {
    readonly nodes: readonly ExprNode[];
    readonly results: readonly number[];
  };
  /** Number of folded elements behind an input block, where the expression wants it as parameter `k` of block `k`. */
  readonly weight?: (coords: readonly number[]) => number;
}

/** Blocks that tasks of another kind fill: reading, user's functions, matrix products, gathers. */
export interface TasksNode extends NodeBase {
  readonly kind: 'tasks';
  /** The task of one block; `keyOf` names the block of an input. */
  readonly task: (coords: readonly number[], key: Key, emit: Emit) => Task;
  /** Makes part of a block at less cost than all of it, where the source can. */
  readonly read?: PartReader;
}

/** Makes slices of blocks, of positive steps. */
export interface PartReader {
  /** What a slice of `shape` costs, the whole block being 1; where it is not told, the share of the elements. */
  readonly cost?: (coords: readonly number[], step: readonly number[], shape: readonly number[]) => number;
  /** What all slices wanted of a block may cost, to be made in its place; half a block, where it is not told. */
  readonly most?: number;
  readonly task: (
    coords: readonly number[],
    start: readonly number[],
    step: readonly number[],
    shape: readonly number[],
    key: Key,
    emit: Emit,
  ) => Task;
}

/** Blocks that are blocks of other nodes as they are. */
export interface AliasNode extends NodeBase {
  readonly kind: 'alias';
  readonly source: (coords: readonly number[]) => {
    readonly operand: Operand;
    readonly coords: readonly number[];
  };
}

/** Blocks that an engine already holds. */
export interface HeldNode extends NodeBase {
  readonly kind: 'held';
  readonly hold: Hold;
  readonly keys: (coords: readonly number[]) => Key;
}

export type ArrayNode =
  | MapNode
  | ViewNode
  | IotaNode
  | FoldNode
  | CombineNode
  | TasksNode
  | AliasNode
  | HeldNode;

/** What tasks are made with: the graph under construction. */
export interface Emit {
  /** Key of the stored block of an input, its task added where it was missing. */
  readonly keyOf: (node: ArrayNode, coords: readonly number[]) => Key;
  /** Adds a task of one's own. */
  readonly add: (task: Task) => Key;
}

type Made<N> = N extends ArrayNode
  ? Omit<N, 'name' | 'shape'> & { readonly shape?: readonly number[] }
  : never;

/**
 * Freezes a node and names it: `label-hash`, the hash made of what `identity` says beside the kind, the chunks and the
 * inputs' names.
 *
 * @throws EngineError where engines hold some of it, and not one all
 */
export function makeNode<N extends ArrayNode>(label: string, identity: unknown, node: Made<N>): N {
  const inputs = node.inputs.map((o) => `${o.node.name}/${o.part}`);
  const hash = tokenize([node.kind, identity, node.parts, node.chunks, inputs]);
  const engine = holderOf([node, ...node.inputs.map((input) => input.node)]);
  return Object.freeze({
    ...node,
    ...(engine && { engine }),
    name: `${label}-${hash}`,
    shape: Object.freeze(node.shape ?? shapeOf(node.chunks)),
  }) as unknown as N;
}

/** Key of a node's block. */
export const blockKey = ({ name }: Pick<ArrayNode, 'name'>, coords: readonly number[]): Key =>
  coords.length > 0 ? `${name}:${coords.join(',')}` : name;

/** Number of blocks along each axis. */
export const grid = (node: ArrayNode): number[] => gridOf(node.chunks);

/** Chunk sizes with unknown ones replaced by their upper bounds. */
export const boundsOf = (node: ArrayNode): Chunks => node.bounds ?? node.chunks;

/** Block shape for allocation: upper bounds where the true one is unknown. */
export const boundShape = (node: ArrayNode, coords: readonly number[]): number[] =>
  boundsOf(node).map((sizes, axis) => sizes[coords[axis]]);
