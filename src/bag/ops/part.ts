import type { Op } from '../../engine/op.js';
import { type CallParams, fill } from '../../engine/ops/call.js';
import type { End, FoldSpec, Source, Step } from '../plan.js';
import { folding } from './folds.js';
import { type Functions, functionsOf, iterable, keyOf } from './functions.js';
import { hashOf, identityOf } from './keys.js';
import { linesOf } from './lines.js';
import { after, each, type Flow } from './maybe.js';
import { type Pieces, pack, packPieces, pieceOf, unpack } from './pack.js';
import { chained, type Sink } from './steps.js';
import { type TextTarget, textSink } from './text.js';

/** What the tasks of a bag's partitions share; its functions stand beside these, by their names. */
export interface PartCommon {
  readonly steps: readonly Step[];
  readonly end: End | null;
}

/** The operation `bag/part`: the elements of one partition through all steps, in one go. */
export const part: Op<CallParams, PartCommon> = async ({ common, params, inputs }) => {
  const functions = await functionsOf(common);
  const [source, ...args] = fill(params.args, inputs) as [Source, ...unknown[]];
  const flow: Flow = { stopped: false };
  const last = ending(common.end, args, functions);
  const { push, end } = chained(common.steps, last.sink, { functions, args, flow });
  try {
    for await (const batch of batchesOf(source)) {
      await each(batch, push, flow);
      if (flow.stopped) break;
    }
    await end();
  } catch (error) {
    last.abort?.();
    throw error;
  }
  return last.result();
};

type Batches = Iterable<Iterable<unknown>> | AsyncIterable<Iterable<unknown>>;

function batchesOf(source: Source): Batches {
  switch (source.of) {
    case 'list':
      return [iterable(source.list, 'a partition')];
    case 'range':
      return [range(source)];
    case 'packed':
      return unpacked(source.parts);
    case 'groups':
      return [grouped(source.parts)];
    case 'lines':
      return linesOf(source);
  }
}

function* range({ start, stop }: { readonly start: number; readonly stop: number }): Generator<number> {
  for (let i = start; i < stop; i++) yield i;
}

function* unpacked(parts: readonly unknown[]): Generator<unknown[]> {
  for (const one of parts) yield unpack(one);
}

/** Values by their keys, in the order in which these come first. */
function grouped(parts: readonly unknown[]): Iterable<[unknown, unknown[]]> {
  const groups = new Map<unknown, [unknown, unknown[]]>();
  for (const one of parts)
    for (const [key, value] of unpack(one) as [unknown, unknown][]) {
      const identity = identityOf(key);
      const group = groups.get(identity);
      if (group === undefined) groups.set(identity, [key, [value]]);
      else group[1].push(value);
    }
  return groups.values();
}

interface Ending {
  readonly sink: Sink;
  result(): unknown;
  abort?(): void;
}

function ending(end: End | null, args: readonly unknown[], functions: Functions): Ending {
  switch (end?.to) {
    case 'fold': {
      const { add, state } = folding(end.fold, functions);
      return { sink: { push: add, end: () => {} }, result: state };
    }
    case 'split':
      return split(end, functions);
    case 'cut':
      return cut(args[end.pieces.at] as number);
    case 'text':
      return textSink(args[end.target.at] as TextTarget);
    case undefined: {
      const list: unknown[] = [];
      return { sink: collecting(list), result: () => pack(list) };
    }
  }
}

const collecting = (list: unknown[]): Sink => ({
  push: (value) => {
    list.push(value);
  },
  end: () => {},
});

/** By the hashes of keys, with which the values go. */
function split({ pieces, key }: End & { readonly to: 'split' }, functions: Functions): Ending {
  const lists = Array.from({ length: pieces }, (): unknown[] => []);
  const by = keyOf(key, functions, 'groupBy');
  const put = (found: unknown, value: unknown): void => {
    lists[hashOf(identityOf(found)) % pieces]!.push([found, value]);
  };
  return {
    sink: { push: (value) => after(by(value), (found) => put(found, value)), end: () => {} },
    result: () => packPieces(lists),
  };
}

/** Into runs of equal length. */
function cut(pieces: number): Ending {
  const list: unknown[] = [];
  const at = (i: number): number => Math.floor((i * list.length) / pieces);
  const run = (_: unknown, i: number) => list.slice(at(i), at(i + 1));
  return {
    sink: collecting(list),
    result: () => packPieces(Array.from({ length: pieces }, run)),
  };
}

/** The operation `bag/pick`: one of the pieces of a partition that was split. */
export const pick: Op<CallParams, object> = ({ params, inputs }) => {
  const [pieces, i] = fill(params.args, inputs) as [Pieces, number];
  return pieceOf(pieces, i);
};

export interface CombineCommon {
  readonly fold: FoldSpec;
  /** What comes of the states: another one, or the result, which may be a partition. */
  readonly to: 'state' | 'value' | 'partition';
}

/** The operation `bag/combine`: states of a fold, in their order, as one. */
export const combine: Op<CallParams, CombineCommon> = async ({ common, params, inputs }) => {
  const functions = await functionsOf(common);
  const [states] = fill(params.args, inputs) as [readonly never[]];
  const folded = folding(common.fold, functions);
  for (const state of states) await folded.take(state);
  if (common.to === 'state') return folded.state();
  const result = await folded.result();
  return common.to === 'partition' ? pack(result as unknown[]) : result;
};

/** The operation `bag/list`: the elements of partitions as one list, for functions that are called with it. */
export const list: Op<CallParams, object> = ({ params, inputs }) => {
  const [parts] = fill(params.args, inputs) as [readonly unknown[]];
  return parts.flatMap(unpack);
};

/** The operation `bag/last`: the last element of a partition in a list; where it has none, what is given in its place. */
export const last: Op<CallParams, object> = ({ params, inputs }) => {
  const [packed, before] = fill(params.args, inputs);
  const elements = unpack(packed);
  return elements.length > 0 ? elements.slice(-1) : before;
};
