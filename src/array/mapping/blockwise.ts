/** Functions of blocks whose axes are named by letters, as in einsum. */
import { checkOptions } from '../../engine/known-options.js';
import { type FunctionOptions, type ModuleFunction, specOf } from '../../graph/given-function.js';
import type { DType } from '../../kernels/dtype.js';
import { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput, DTypeOf } from '../input.js';
import { normalizeAxes, requireKnown } from '../nodes/axes.js';
import { blockShape, boundaries, type Chunks, commonRefinement, sum } from '../nodes/chunks.js';
import { type ArrayNode, makeNode, type TasksNode } from '../nodes/node.js';
import { rechunkNode } from '../nodes/rechunk.js';
import type { BlockwiseParams, Nested } from '../ops/blockwise.js';
import type { BlockInfo, InputBlock } from '../ops/map-blocks.js';
import type { MapBlocksOptions } from './blocks.js';
import { resultType } from './result-type.js';

type Sizes = number | readonly number[];

/** What `blockwise` makes, and of what. */
export interface BlockwiseOptions<D extends DType = DType> extends FunctionOptions {
  /** dtype of the result; default: the first input's. */
  readonly dtype?: D;
  /** Extents of axes that no input has, by letter: of one block, or the sizes of several. */
  readonly newAxes?: Readonly<Record<string, Sizes>>;
  /** What becomes of block sizes along axes of the result, by letter: one for all blocks, a list, or a function of the size there was. */
  readonly adjustChunks?: Readonly<Record<string, Sizes | ((size: number) => number)>>;
  /** Whether axes that the result lacks come into one block, instead of as lists of blocks. */
  readonly concatenate?: boolean;
}

/** An argument of the function: an array, and a letter for each of its axes. */
export type Lettered = readonly [x: ArrayInput, letters: string];

/** A block; a list of blocks for each letter that the result lacks, unless they come whole. */
type BlocksOf<Block, Letters extends string, Out extends string, Whole extends boolean> = Whole extends true
  ? Block
  : Letters extends `${infer Letter}${infer Rest}`
    ? BlocksOf<Out extends `${string}${Letter}${string}` ? Block : readonly Block[], Rest, Out, Whole>
    : Block;

/** A function as `blockwise` calls it: with blocks of each input, then where the output block lies. */
export type BlockwiseFunction<
  Out extends string = string,
  Inputs extends readonly Lettered[] = readonly Lettered[],
  D extends DType = DType,
  Whole extends boolean = false,
> = (
  ...args: [
    ...blocks: {
      -readonly [K in keyof Inputs]: BlocksOf<InputBlock<DTypeOf<Inputs[K][0]>>, Inputs[K][1], Out, Whole>;
    },
    info: BlockInfo<D>,
  ]
) => unknown;

/**
 * Applies a function to blocks, one call for each block of the result, whose axes `out` names. The function gets the block of each input that has
 * the same place along the letters they share, then the same `info` as in `mapBlocks`, and fills `info.out.data` or returns the elements. Of an input with letters that `out` lacks it
 * gets a list of all blocks along them (a list of lists, of two), or with `concatenate` one block. An input with one block along a letter, of extent 1, goes with all.
 *
 * @throws UnshippableFunctionError naming what the function uses and nothing provides; RangeError where letters do not fit the arrays, extents of one letter differ, or
 *   a letter of the result has no extent; Error where chunk sizes are unknown
 * @example
 * const a = arange(4, { chunks: 2 });
 * const table = blockwise(
 *   (rows, columns) => Array.from(rows.data, (r: number) => Array.from(columns.data, (c: number) => 10 * r + c)),
 *   'ij',
 *   [[a, 'i'], [[1, 2], 'j']],
 * );
 * await table.compute(); // [[1. 2.] [11. 12.] [21. 22.] [31. 32.]]
 * const total = blockwise((blocks) => [blocks.length], '', [[a, 'i']]);
 * await total.compute(); // 2
 */
export function blockwise<
  const Out extends string,
  const Inputs extends readonly Lettered[],
  D extends DType = Inputs extends readonly [readonly [infer A, string], ...unknown[]] ? DTypeOf<A> : DType,
  Whole extends boolean = false,
>(
  fn: BlockwiseFunction<Out, Inputs, NoInfer<D>, NoInfer<Whole>> | ModuleFunction,
  out: Out,
  inputs: Inputs,
  options: BlockwiseOptions<D> & { readonly concatenate?: Whole } = {},
): TileArray<D> {
  checkOptions('blockwise', options, ['dtype', 'newAxes', 'adjustChunks', 'concatenate', 'captured']);
  return blockwiseArray('blockwise', fn, out, inputs, options) as TileArray<D>;
}

export function blockwiseArray(
  label: string,
  fn: unknown,
  out: string,
  inputs: readonly Lettered[],
  options: BlockwiseOptions,
): TileArray<DType> {
  const operands = inputs.map(([x, letters]) => operandOf(label, x, letters));
  const dtype = resultType(label, options, operands[0]?.array.dtype ?? 'float64');
  const spec = specOf(fn, options);
  const letters = [...out];
  requireLetters(label, letters);
  const shared = sharedChunks(label, operands, letters, options);
  const aligned = operands.map(({ array, axes }) => {
    const wanted = axes.map((letter, axis) =>
      array.shape[axis] === sum(shared.get(letter)!) ? shared.get(letter)! : array.chunks[axis],
    );
    return { node: rechunkNode(array.node, wanted), axes };
  });
  const chunks = letters.map((letter) => outSizes(label, letter, shared, options));
  const starts = chunks.map(boundaries);
  const node = makeNode<TasksNode>(
    'blockwise',
    [spec, dtype, out, options.concatenate ?? false, aligned.map(({ axes }) => axes)],
    {
      kind: 'tasks',
      parts: [dtype],
      chunks,
      inputs: aligned.map(({ node }) => ({ node, part: 0 })),
      task: (coords, key, emit) => {
        const at = new Map(letters.map((letter, axis) => [letter, coords[axis]]));
        const keys: string[] = [];
        const nested = ({ node, axes }: { node: ArrayNode; axes: readonly string[] }): Nested => {
          const place = axes.map((letter, axis) => (node.chunks[axis].length === 1 ? 0 : at.get(letter)));
          const open = [...new Set(axes.filter((letter) => !at.has(letter)))];
          const choose = (chosen: ReadonlyMap<string, number>, rest: readonly string[]): Nested => {
            if (rest.length === 0)
              return (
                keys.push(
                  emit.keyOf(
                    node,
                    axes.map((l, axis) => chosen.get(l) ?? place[axis]!),
                  ),
                ) - 1
              );
            const count = node.chunks[axes.indexOf(rest[0])].length;
            return Array.from({ length: count }, (_, i) =>
              choose(new Map([...chosen, [rest[0], i]]), rest.slice(1)),
            );
          };
          return options.concatenate ? choose(new Map(open.map((l) => [l, 0])), []) : choose(new Map(), open);
        };
        const operandsOf = aligned.map(nested);
        return {
          key,
          op: 'array/blockwise',
          inputs: keys,
          params: {
            blockIndex: coords,
            start: coords.map((c, axis) => starts[axis][c]),
            operands: operandsOf,
          } satisfies BlockwiseParams,
          common: { fn: spec },
          out: [{ dtype, shape: blockShape(chunks, coords) }],
        };
      },
    },
  );
  return new TileArray(node);
}

interface Operand {
  readonly array: TileArray<DType>;
  readonly axes: readonly string[];
}

function operandOf(label: string, x: ArrayInput, letters: string): Operand {
  const array = asarray(x) as TileArray<DType>;
  requireKnown(label, array);
  const axes = [...letters];
  requireLetters(label, axes);
  if (axes.length !== array.ndim)
    throw new RangeError(
      `${label}: ${axes.length} letters (${letters}) for an array of shape [${array.shape.join(', ')}], which has ${array.ndim} axes`,
    );
  return { array, axes };
}

function requireLetters(label: string, letters: readonly string[]): void {
  const twice = letters.find((letter, i) => letters.indexOf(letter) < i);
  if (twice !== undefined)
    throw new RangeError(
      `${label}: letter ${twice} stands twice in ${letters.join('')}; diagonal takes what lies on both`,
    );
}

/** Sizes of blocks along each letter: the boundaries of all operands; one block where the result lacks it and it is to be concatenated. */
function sharedChunks(
  label: string,
  operands: readonly Operand[],
  out: readonly string[],
  { newAxes = {}, concatenate = false }: BlockwiseOptions,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, (readonly number[])[]>();
  for (const { array, axes } of operands)
    axes.forEach((letter, axis) => {
      found.set(letter, [...(found.get(letter) ?? []), array.chunks[axis]]);
    });
  const shared = new Map<string, readonly number[]>();
  for (const [letter, lists] of found) {
    const extents = [...new Set(lists.map(sum))];
    const [extent = 1, other] = extents.filter((n) => n !== 1);
    if (other !== undefined)
      throw new RangeError(`${label}: axis ${letter} has extents ${extent} and ${other}`);
    const whole = commonRefinement(lists.filter((sizes) => sum(sizes) === extent));
    shared.set(letter, concatenate && !out.includes(letter) ? [extent] : whole);
  }
  for (const [letter, sizes] of Object.entries(newAxes)) {
    if (shared.has(letter)) throw new RangeError(`${label}: axis ${letter} of newAxes is one of an input`);
    shared.set(letter, checkedSizes(label, letter, typeof sizes === 'number' ? [sizes] : sizes));
  }
  return shared;
}

function outSizes(
  label: string,
  letter: string,
  shared: ReadonlyMap<string, readonly number[]>,
  { adjustChunks = {} }: BlockwiseOptions,
): Chunks[number] {
  const sizes = shared.get(letter);
  if (sizes === undefined)
    throw new RangeError(`${label}: no input has axis ${letter} of the result; newAxes says its extent`);
  const adjusted = adjustChunks[letter];
  if (adjusted === undefined) return sizes;
  const made =
    typeof adjusted === 'function'
      ? sizes.map((size) => adjusted(size))
      : typeof adjusted === 'number'
        ? sizes.map(() => adjusted)
        : adjusted;
  if (made.length !== sizes.length)
    throw new RangeError(
      `${label}: adjustChunks has ${made.length} sizes for axis ${letter}, which has ${sizes.length} blocks`,
    );
  return checkedSizes(label, letter, made);
}

function checkedSizes(label: string, letter: string, sizes: readonly number[]): readonly number[] {
  const wrong = sizes.find((size) => !(Number.isInteger(size) && size >= 0));
  if (wrong !== undefined)
    throw new RangeError(
      `${label}: sizes of blocks along axis ${letter} are whole numbers of 0 or more, not ${wrong}`,
    );
  return sizes;
}

export const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** `mapBlocks` whose result lacks axes of the inputs, or has others. */
export function withOtherAxes(
  label: string,
  fn: unknown,
  arrays: readonly TileArray<DType>[],
  { dropAxis = [], newAxis = [], chunks, ...options }: MapBlocksOptions,
): TileArray<DType> {
  const rank = Math.max(...arrays.map((array) => array.ndim));
  const dropped = normalizeAxes(dropAxis, rank, label);
  const kept = [...LETTERS.slice(0, rank)].filter((_, axis) => !dropped.includes(axis));
  const added = [newAxis].flat().length;
  const fresh = normalizeAxes(newAxis, kept.length + added, label);
  const out = Array.from({ length: kept.length + added }, (_, axis) => {
    const at = fresh.indexOf(axis);
    return at < 0 ? kept[axis - fresh.filter((f) => f < axis).length] : LETTERS[rank + at];
  });
  const sizes = chunks === undefined || typeof chunks !== 'object' ? out.map(() => chunks) : chunks;
  if (sizes.length !== out.length || sizes.some((size) => typeof size === 'string'))
    throw new RangeError(
      `${label}: chunks are sizes of blocks along each of the ${out.length} axes of the result, not ${JSON.stringify(chunks)}`,
    );
  const named = (isWanted: (axis: number) => boolean) =>
    Object.fromEntries(
      out.flatMap((letter, axis) =>
        isWanted(axis) && sizes[axis] !== undefined ? [[letter, sizes[axis] as Sizes]] : [],
      ),
    );
  const ones = Object.fromEntries(fresh.map((axis) => [out[axis], 1]));
  return blockwiseArray(
    label,
    fn,
    out.join(''),
    arrays.map((array) => [array, LETTERS.slice(rank - array.ndim, rank)]),
    {
      ...options,
      newAxes: { ...ones, ...named((axis) => fresh.includes(axis)) },
      adjustChunks: named((axis) => !fresh.includes(axis)),
      concatenate: true,
    },
  );
}
