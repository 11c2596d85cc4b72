import type { Bundle } from '../wire/message.js';

/** A cell as it is run: JavaScript, with a map to its TypeScript. */
export interface CompiledCell {
  /** As users count cells: `3`; what runs unseen after it is `3.1`. */
  readonly id: string;
  readonly code: string;
  /** A source map as JSON. */
  readonly map: string;
  /** Names that it declares. */
  readonly names: readonly DeclaredName[];
}

export interface DeclaredName {
  readonly name: string;
  /** Number of the statement after which the name has a value. */
  readonly step: number;
}

export type ToCells = { readonly type: 'run'; readonly cell: CompiledCell } | { readonly type: 'interrupt' };

/** Of a cell, as it comes out. */
export type Output =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'display'; readonly bundle: Bundle; readonly id?: string; readonly update: boolean }
  | { readonly type: 'clear'; readonly wait: boolean };

export interface CellError {
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

export interface Outcome {
  /** Forms of the last expression; none where it is undefined. */
  readonly result?: Bundle;
  readonly error?: CellError;
  /** Statements that it came past: what they declare has a value. */
  readonly steps: number;
}

export type FromCells =
  | { readonly type: 'ready' }
  | { readonly type: 'output'; readonly cell: string; readonly output: Output }
  | { readonly type: 'done'; readonly cell: string; readonly outcome: Outcome };

/** Numbers of the file descriptors of the process that runs cells. */
export const FD = { out: 3, in: 4, watch: 5 } as const;
