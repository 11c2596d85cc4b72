/** The loop of folds whose inner axis is kept: each element of a row goes into the cell of its column. */

import { advance, loadPart, loadScalar, storePart } from './access.js';
import { type Code, i32, type Local } from './assembler.js';
import { loadSlots, type PlacedFold, slotLocals, storeSlots } from './cells.js';
import { CELL_STEP, CELLS_AT } from './frame.js';
import type { Row } from './row.js';
import type { Values } from './values.js';

export function foldColumns(row: Row, folds: readonly PlacedFold[]): void {
  const { f, base, program } = row;
  const cells = f.let('i32', i32.load(base, CELLS_AT));
  const cell = f.local('i32');
  const cellStep = f.let('i32', i32.load(base, CELL_STEP));
  const columns = folds.map((fold) => ({ fold, at: f.local('i32') }));
  const step = (elements: number): Code =>
    columns.map(({ fold, at }) => advance(at, i32.const(elements * fold.width)));

  const takeVectors = (values: Values): void => {
    for (const { fold, at } of columns) {
      const bytes = fold.width * program.group;
      for (let part = 0; part < values.parts(fold.width); part++) {
        const x = fold.nodes.map((id) => values.value(id, part));
        f.scope(() => {
          const load = (offset: number): Local => f.let('v128', loadPart(at, part, bytes, offset));
          const partial = fold.partialAt.map(load);
          const read = fold.reads === undefined ? [] : load(fold.stateAt[fold.reads]!);
          f.emit(fold.accumulate('vector', f, partial, x, read));
          for (const [s, p] of partial.entries()) f.emit(storePart(at, p, part, bytes, fold.partialAt[s]));
        });
      }
    }
    f.emit(step(program.group));
  };
  const takeScalars = (values: Values): void => {
    for (const { fold, at } of columns) {
      const x = fold.nodes.map((id) => values.value(id, 0));
      const partial = slotLocals(f, fold.partial);
      f.emit(loadSlots(fold.partial, at, fold.partialAt, partial));
      const slot = fold.reads;
      const read = slot === undefined ? [] : loadScalar(fold.state[slot]!.dtype, at, fold.stateAt[slot]);
      f.emit(fold.accumulate('scalar', f, partial, x, read));
      f.emit(storeSlots(fold.partial, at, fold.partialAt, partial));
    }
    f.emit(step(1));
  };
  row.loop(() => {
    for (const { fold, at } of columns) f.emit(at.set(i32.add(cells, i32.mul(cell, i32.const(fold.width)))));
    f.emit(row.vectors(row.groups, takeVectors), row.scalars(row.tail, takeScalars), advance(cell, cellStep));
  });
}
