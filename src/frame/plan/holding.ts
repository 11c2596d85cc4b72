import type { Engine } from '../../engine/engine.js';
import type { Key } from '../../graph/task.js';
import { Hold } from '../../lazy/index.js';
import type { ColumnTypes } from '../types.js';
import type { HeldSource } from './source.js';

/** A partition that an engine holds: a file of Parquet of this process, or what a task left with a worker, under its key. */
export interface HeldPart {
  readonly at: { readonly path: string } | { readonly key: Key };
  readonly bytes: number;
}

/** Partitions of a frame that an engine holds. */
export class Holding extends Hold {
  /**
   * @param types of the columns, as DuckDB names them
   * @param giveUp has the engine give all up; it must not refer to the holding
   */
  constructor(
    readonly engine: Engine,
    readonly types: ColumnTypes,
    readonly parts: readonly HeldPart[],
    giveUp: () => void,
  ) {
    super(giveUp);
  }
}

/** Which partitions a source reads. */
export const partsOf = ({ holding, part }: HeldSource): readonly HeldPart[] =>
  part === undefined ? holding.parts : [holding.parts[part]!];
