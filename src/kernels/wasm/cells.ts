/**
 * The cells in which folds accumulate: where their slots lie, and the functions that initialise, flush and finish them.
 */

import { type DType, itemsize } from '../dtype.js';
import { advance, loadScalar, storeScalar, times } from './access.js';
import { type Code, type FunctionBuilder, f64, i32, type Local, type ModuleBuilder } from './assembler.js';
import { type FoldCode, foldCode, type Slot } from './folds.js';
import { CELL_COUNT, CELLS_AT, COUNT, FIRST_CELL, type Frame, SLOT_BYTES } from './frame.js';
import { lanesOf } from './lanes.js';
import type { Program } from './program.js';
import { scalarType } from './scalar-lanes.js';

/** A fold with where its slots lie behind the cells' address, partials first, and their itemsize. */
export interface PlacedFold extends FoldCode {
  readonly width: number;
  readonly partialAt: readonly number[];
  readonly stateAt: readonly number[];
}

export function placeFolds(program: Program): PlacedFold[] {
  let slots = 0;
  const offsets = (list: readonly Slot[]): number[] => list.map(() => SLOT_BYTES * slots++);
  return program.folds.map((fold) => {
    const code = foldCode(fold, program.nodes[fold.node]!.dtype);
    return {
      ...code,
      width: itemsize(code.partial[0]!.dtype),
      partialAt: offsets(code.partial),
      stateAt: offsets(code.state),
    };
  });
}

/** Bytes of cells that the folds of a program need. */
export const cellBytes = (program: Program): number =>
  placeFolds(program).reduce((sum, f) => sum + SLOT_BYTES * (f.partial.length + f.state.length), 0);

/** dtypes of all output blocks, in order. */
export const outputsOf = (program: Program): DType[] => [
  ...program.maps.map((m) => m.dtype),
  ...placeFolds(program).flatMap((f) => f.outputs),
];

/** A local for each slot. */
export const slotLocals = (f: FunctionBuilder, slots: readonly Slot[]): Local[] =>
  slots.map(({ dtype }) => f.local(scalarType(dtype)));

export const loadSlots = (
  slots: readonly Slot[],
  at: Local,
  offsets: readonly number[],
  to: readonly Local[],
): Code => slots.map(({ dtype }, s) => to[s]!.set(loadScalar(dtype, at, offsets[s])));

export const storeSlots = (
  slots: readonly Slot[],
  at: Local,
  offsets: readonly number[],
  values: readonly Code[],
): Code => slots.map(({ dtype }, s) => storeScalar(dtype, at, values[s]!, offsets[s]));

const identities = (slots: readonly Slot[]): Code[] =>
  slots.map(({ dtype, identity }) => lanesOf(dtype, 'scalar').constant(identity));

/** One fold's cell while a loop goes over cells. */
interface Cell {
  readonly fold: PlacedFold;
  readonly at: Local;
}

/** Adds the functions `init`, `flush`, `prime` (where a fold has it) and `finish` to a module. */
export function addCellFunctions(module: ModuleBuilder, folds: readonly PlacedFold[], frame: Frame): void {
  addLoop(module, folds, 'init', (f, _base, { fold, at }) => {
    const { partial, state, partialAt, stateAt } = fold;
    f.emit(storeSlots(partial, at, partialAt, identities(partial)));
    f.emit(storeSlots(state, at, stateAt, identities(state)));
  });
  addLoop(module, folds, 'flush', takePartials('flush'));
  if (folds.some((fold) => fold.prime)) addLoop(module, folds, 'prime', takePartials('prime'));
  addFinish(module, folds, frame);
}

const takePartials =
  (name: 'flush' | 'prime') =>
  (f: FunctionBuilder, base: Local, { fold, at }: Cell): void => {
    const { partial, state, partialAt, stateAt } = fold;
    const take = fold[name];
    if (take !== undefined) {
      const [p, s] = [slotLocals(f, partial), slotLocals(f, state)];
      f.emit(loadSlots(partial, at, partialAt, p), loadSlots(state, at, stateAt, s));
      f.emit(take(f, p, s, f64.load(base, COUNT)), storeSlots(state, at, stateAt, s));
    }
    f.emit(storeSlots(partial, at, partialAt, identities(partial)));
  };

function addLoop(
  module: ModuleBuilder,
  folds: readonly PlacedFold[],
  name: string,
  body: (f: FunctionBuilder, base: Local, cell: Cell) => void,
): void {
  module.function({ export: name, params: ['i32'] }, (f, [base]) => {
    const cells = folds.map((fold) => ({ fold, at: firstCell(f, base!, fold) }));
    return everyCell(f, base!, cells, (cell) => body(f, base!, cell));
  });
}

/** A pointer to a fold's first cell. */
const firstCell = (f: FunctionBuilder, base: Local, fold: PlacedFold): Local =>
  f.let('i32', i32.add(i32.load(base, CELLS_AT), i32.mul(i32.load(base, FIRST_CELL), i32.const(fold.width))));

function everyCell<C extends Cell>(
  f: FunctionBuilder,
  base: Local,
  cells: readonly C[],
  body: (cell: C) => void,
): Code {
  const code = f.collect(() => {
    for (const cell of cells) {
      body(cell);
      f.emit(advance(cell.at, i32.const(cell.fold.width)));
    }
    return undefined;
  });
  return times(f, i32.load(base, CELL_COUNT), code);
}

function addFinish(module: ModuleBuilder, folds: readonly PlacedFold[], frame: Frame): void {
  module.function({ export: 'finish', params: ['i32'] }, (f, [base]) => {
    let output = 0;
    const cells = folds.map((fold) => ({
      fold,
      at: firstCell(f, base!, fold),
      outputs: fold.outputs.map((dtype) => {
        const slot = frame.output(output++);
        return {
          dtype,
          to: f.let('i32', i32.load(base!, slot)),
          step: f.let('i32', i32.load(base!, slot + 4)),
        };
      }),
    }));
    return everyCell(f, base!, cells, ({ fold, at, outputs }) => {
      const state = slotLocals(f, fold.state);
      f.emit(loadSlots(fold.state, at, fold.stateAt, state));
      for (const [k, value] of fold.finish(f, state).entries()) {
        const { dtype, to, step } = outputs[k]!;
        f.emit(storeScalar(dtype, to, value), advance(to, step));
      }
    });
  });
}
