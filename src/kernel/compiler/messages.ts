import type { CompiledCell } from '../cells/messages.js';
import type { Content } from '../wire/message.js';

/** What the compiler is asked, by name, and what it answers. */
export interface Questions {
  compile: (id: string, source: string) => Compilation;
  /** A cell has run past so many statements: what it declares there is known from here on. */
  ran: (id: string, steps: number) => void;
  /** Nothing is declared any more. */
  forget: () => void;
  complete: (source: string, cursor: number) => Content;
  inspect: (source: string, cursor: number) => Content;
  isComplete: (source: string) => Content;
}

export type Compilation =
  | { readonly cell: CompiledCell; readonly problems?: undefined }
  | { readonly problems: readonly Problem[]; readonly cell?: undefined };

/** What the compiler does not accept, and where: line and column count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly code: number;
  readonly message: string;
  /** The line itself. */
  readonly text: string;
}

export interface Question {
  readonly id: number;
  readonly name: keyof Questions;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
