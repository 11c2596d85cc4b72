/** Functions of some last axes, called for all others block by block. */
import { checkOptions } from '../../engine/known-options.js';
import type { FunctionOptions, ModuleFunction } from '../../graph/given-function.js';
import type { DType } from '../../kernels/dtype.js';
import type { TileArray } from '../array.js';
import { asarray } from '../asarray.js';
import type { ArrayInput } from '../input.js';
import { requireKnown } from '../nodes/axes.js';
import type { BlockFunction, FirstType } from './blocks.js';
import { blockwiseArray, LETTERS } from './blockwise.js';
import { inOneBlock } from './lanes.js';

/** What `applyGufunc` makes. */
export interface GufuncOptions<D extends DType = DType> extends FunctionOptions {
  /** dtype of the result; default: the first input's. */
  readonly dtype?: D;
  /** Extents of axes of the result that no input has, by the names that the signature gives them. */
  readonly outputSizes?: Readonly<Record<string, number>>;
}

/**
 * A generalized ufunc, as NumPy and Dask have it: the signature, such as `'(i),(i)->()'`, names the last axes of each input that the function is about, and of the
 * result. These come into one block; all axes before them broadcast and are cut, and the function is called with a block of each input, then the same `info`
 * as in `mapBlocks`.
 *
 * @throws UnshippableFunctionError naming what the function uses and nothing provides; RangeError where the signature does not fit the inputs, or an axis of the result has
 *   no extent; Error where chunk sizes are unknown
 * @example
 * const spans = applyGufunc(
 *   ({ data, shape: [rows, n] }) => Array.from({ length: rows }, (_, i) => data[(i + 1) * n - 1] - data[i * n]),
 *   '(i)->()',
 *   [x],
 * );
 * await spans.compute(); // [2. 2.]
 */
export function applyGufunc<const Inputs extends readonly ArrayInput[], D extends DType = FirstType<Inputs>>(
  fn: BlockFunction<Inputs, NoInfer<D>> | ModuleFunction,
  signature: string,
  inputs: Inputs,
  asked: GufuncOptions<D> = {},
): TileArray<D> {
  const label = 'applyGufunc';
  checkOptions(label, asked, ['dtype', 'captured', 'outputSizes']);
  const { outputSizes = {}, ...options } = asked;
  const { given, made } = parse(label, signature, inputs.length);
  const names = [...new Set([...given.flat(), ...made])];
  const letterOf = (name: string) => LETTERS[LETTERS.length - 1 - names.indexOf(name)];
  const arrays = inputs.map((x, i) => wholeAlong(label, asarray(x) as TileArray<DType>, given[i]));
  const rank = Math.max(0, ...arrays.map((array, i) => array.ndim - given[i].length));
  const lettered = arrays.map((array, i) => {
    const before = LETTERS.slice(rank - (array.ndim - given[i].length), rank);
    return [array, before + given[i].map(letterOf).join('')] as const;
  });
  const fresh = made.filter((name) => !given.flat().includes(name));
  const missing = fresh.find((name) => outputSizes[name] === undefined);
  if (missing !== undefined)
    throw new RangeError(
      `${label}: no input has axis ${missing} of ${signature}; outputSizes says its extent`,
    );
  return blockwiseArray(label, fn, LETTERS.slice(0, rank) + made.map(letterOf).join(''), lettered, {
    ...options,
    newAxes: Object.fromEntries(fresh.map((name) => [letterOf(name), outputSizes[name]])),
    concatenate: true,
  }) as TileArray<D>;
}

function parse(label: string, signature: string, count: number) {
  const text = signature.replaceAll(' ', '');
  if (!/^\([\w,]*\)(,\([\w,]*\))*->\([\w,]*\)$/.test(text))
    throw new RangeError(
      `${label}: ${JSON.stringify(signature)} is not a signature of inputs and one result, such as '(i),(i,j)->(j)'`,
    );
  const [given, [made]] = text
    .split('->')
    .map((side) => [...side.matchAll(/\(([\w,]*)\)/g)].map(([, names]) => names.split(',').filter(Boolean)));
  if (given.length !== count)
    throw new RangeError(`${label}: ${signature} has ${given.length} inputs, of which there are ${count}`);
  return { given, made };
}

/** The array with its last axes, of these names, in one block. */
function wholeAlong(label: string, array: TileArray<DType>, names: readonly string[]): TileArray<DType> {
  requireKnown(label, array);
  const first = array.ndim - names.length;
  if (first < 0)
    throw new RangeError(
      `${label}: axes (${names.join(',')}) are more than an array of shape [${array.shape.join(', ')}] has`,
    );
  return names.reduce((whole, _, i) => inOneBlock(label, whole, first + i), array);
}
