import * as tilework from '../../../src/array/index.js';
import { memo } from '../../../src/array/nodes/memo.js';
import type { DType } from '../../../src/kernels/dtype.js';
import type { Book, Call, Elements, Term } from './book.js';
import type { Chunking } from './chunkings.js';
import { FUNCTIONS } from './functions.js';

export type Tile = tilework.TileArray<DType>;
type Options = NonNullable<Call['o']>;
type AnyFunction = (...args: readonly unknown[]) => Tile;

/** Functions by the names that the book has for them: `linalg.qr`. */
const named = {
  ...tilework,
  ...Object.fromEntries(Object.entries(tilework.linalg).map(([name, fn]) => [`linalg.${name}`, fn])),
} as unknown as { readonly [name: string]: AnyFunction };

/** Creation functions, whose options have a fixed place after so many arguments; chunks are among them. */
const CREATION: { readonly [name: string]: number } = {
  zeros: 1,
  ones: 1,
  full: 2,
  eye: 2,
  identity: 1,
  arange: 3,
  linspace: 3,
  tri: 3,
};

/** Functions that take the axis as an argument, after so many others. */
const AXIS_ARGUMENT: { readonly [name: string]: number } = { concatenate: 1, stack: 1, take: 2, compress: 2 };

/** Functions that take one of ours first, which the book has by name. */
const OF_FUNCTIONS: ReadonlySet<string> = new Set(['mapBlocks', 'mapOverlap', 'applyAlongAxis']);

function ofFunction(f: string, [name, ...args]: readonly unknown[], options: Options): Tile {
  const { fn, captured } = FUNCTIONS[name as string];
  return named[f](fn, ...args, { ...options, ...(captured && { captured }) });
}

/** A function of arrays, where there is the name of one. */
const byName = (piece: unknown): unknown => (typeof piece === 'string' ? named[piece] : piece);

/** Functions of a reduction, which the book has by name. */
function reduced(
  chunk: string,
  x: Tile,
  aggregate: string,
  { combine, ...options }: Options & { combine?: unknown },
): Tile {
  return named.reduction(x, FUNCTIONS[chunk].fn, FUNCTIONS[aggregate].fn, {
    ...options,
    ...(combine !== undefined && { combine: FUNCTIONS[combine as string].fn }),
  });
}

/** Blocks of one cut, with their margins. */
const overlapped = (x: Tile, chunks: number[][], options: Options): Tile =>
  x.rechunk(chunks).mapOverlap(FUNCTIONS.same.fn as tilework.BlockFunction, {
    ...(options as unknown as tilework.MapOverlapOptions),
    trim: false,
  });

const isCall = (term: Term): term is Call => typeof term === 'object' && term !== null && 'f' in term;

function constant(term: object): unknown {
  if ('i' in term) return BigInt(term.i as string);
  if ('x' in term) {
    const text = term.x as string;
    return text === 'nan' ? Number.NaN : Number(text.replace('inf', 'Infinity'));
  }
  return term;
}

/** A TileArray of stored elements. */
export function tileOf({ dtype, shape, data }: Elements, chunks: readonly (readonly number[])[]): Tile {
  return tilework.asarray(data, { dtype, shape, chunks });
}

/** Builds the expression of a case, its operands cut by `chunking`. */
export class Evaluator {
  #operands = 0;
  readonly #once = new Map<string, Tile>();

  constructor(
    readonly book: Book,
    readonly chunking: Chunking,
  ) {}

  call({ f, a, o = {} }: Call): Tile {
    if (f === 'once') return memo(this.#once, JSON.stringify(a), () => this.#value(a[0]) as Tile);
    const args = a.map((term) => this.#value(term));
    const x = args[0] as Tile;
    if (f.startsWith('random.')) return drawn(f.slice('random.'.length), args, o);
    if (f in CREATION) return this.#created(f, padded(args, CREATION[f]), o);
    if (f === 'array') return tilework.asarray(args[0] as tilework.NestedArray, o) as Tile;
    if (f === 'slice') return x.slice(...(args.slice(1) as string[]));
    if (f === 'index') return indexed(x, args.slice(1));
    if (f === 'T') return x.T;
    if (f === 'overlapped') return overlapped(x, args[1] as number[][], o);
    if (f === 'blocks') return named.blocks(x.rechunk(args[1] as number[][]), ...args.slice(2));
    if (f === 'applyOverAxes') return named.applyOverAxes(named[args[0] as string], ...args.slice(1));
    if (f === 'piecewise') return named.piecewise(x, args[1], (args[2] as unknown[]).map(byName));
    if (f === 'coarsen') return named.coarsen(named[args[0] as string], ...args.slice(1), o);
    if (f === 'reduction') return reduced(args[0] as string, args[1] as Tile, args[2] as string, o);
    if (OF_FUNCTIONS.has(f)) return ofFunction(f, args, o);
    if (f.startsWith('part.')) return this.#part(f.slice('part.'.length), args, o);
    if (!named[f]) throw new Error(`tilework has no function ${f}`);
    if (f in AXIS_ARGUMENT && o.axis !== undefined)
      return named[f](...padded(args, AXIS_ARGUMENT[f]), o.axis);
    return named[f](...args, ...this.#options(o));
  }

  /** An array made from nothing, cut by the chunking once its shape is known. */
  #created(f: string, args: readonly unknown[], options: Options): Tile {
    const { shape } = named[f](...args, options);
    return named[f](...args, { ...options, chunks: this.chunking(shape, this.#operands++) });
  }

  /** One of several arrays: its number is the first argument. */
  #part(f: string, [at, ...args]: readonly unknown[], options: Options): Tile {
    const all = named[f](...args, ...this.#options(options)) as unknown as readonly Tile[];
    return all.flat()[at as number];
  }

  /** The options behind the arguments, where there are some; operands among them are cut too. */
  #options(options: Options): unknown[] {
    const entries = Object.entries(options).map(([name, value]) => [name, this.#value(value as Term)]);
    return entries.length > 0 ? [Object.fromEntries(entries)] : [];
  }

  #value(term: Term): unknown {
    if (typeof term === 'string' && term.startsWith('@')) {
      const elements = this.book.operand(term.slice(1));
      return tileOf(elements, this.chunking(elements.shape, this.#operands++));
    }
    if (Array.isArray(term)) return term.map((part) => this.#value(part));
    if (isCall(term)) return this.call(term);
    return typeof term === 'object' && term !== null ? constant(term) : term;
  }
}

const padded = (args: readonly unknown[], count: number): unknown[] =>
  args.length < count ? [...args, ...new Array<undefined>(count - args.length).fill(undefined)] : [...args];

function drawn(
  method: string,
  [seed, ...args]: readonly unknown[],
  { size, chunks, after, ...options }: Options,
): Tile {
  const stream = tilework.random.defaultRng(seed as number) as unknown as { [method: string]: AnyFunction };
  if (after) {
    const [earlier, earlierChunks] = after as [unknown, unknown];
    stream[method](...args, earlier, { chunks: earlierChunks });
  }
  return stream[method](...args, size, { chunks, ...options });
}

const isSlice = (item: unknown): item is string => typeof item === 'string';

/**
 * NumPy's `x[items]` where some items are slices and at most one is a list or a boolean array: that one selects along
 * its axis of what the slices leave.
 */
function indexed(x: Tile, items: readonly unknown[]): Tile {
  const at = items.findIndex((item) => !isSlice(item));
  if (items.length === 1 && at === 0) return x.get(items[0] as tilework.ArrayInput);
  const chooser = items[at] as tilework.ArrayInput;
  const sliced = x.slice(...items.map((item) => (isSlice(item) ? item : ':')));
  const before = items.slice(0, at).filter(isSlice);
  const consumed = items.filter((item) => item !== '...' && item !== 'newaxis').length;
  const axis = before.reduce((n, item) => {
    if (item === '...') return n + x.ndim - consumed;
    return /^-?\d+$/.test(item) ? n : n + 1;
  }, 0);
  if (!(chooser instanceof tilework.TileArray)) return sliced.take(chooser, axis);
  return chooser.ndim === 1 ? sliced.compress(chooser, axis) : refuse(items);
}

function refuse(items: readonly unknown[]): never {
  throw new RangeError(
    `a boolean array of several axes stands alone in an index, not among ${items.length} items`,
  );
}
