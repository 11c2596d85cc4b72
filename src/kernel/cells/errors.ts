import { SourceMap } from 'node:module';
import { inspect } from 'node:util';
import type { CellError, CompiledCell } from './messages.js';

/** A cell that was interrupted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('the cell was interrupted');
    // Where it was nobody knows.
    this.stack = '';
  }
}

const RED = '\u001b[31m';
const PLAIN = '\u001b[0m';

/** Errors as notebooks show them, with lines of cells as they were written. */
export class Errors {
  private readonly cells = new Map<string, { readonly map: SourceMap; readonly lines: number }>();

  /** @param url of a cell: `file:///…/cell-3.mts` */
  add(url: string, { code, map }: CompiledCell): void {
    this.cells.set(url, { map: new SourceMap(JSON.parse(map)), lines: code.trimEnd().split('\n').length });
  }

  of(thrown: unknown): CellError {
    if (!(thrown instanceof Error)) {
      const message = typeof thrown === 'string' ? thrown : inspect(thrown);
      return { name: 'thrown', message, traceback: [`${RED}thrown${PLAIN}: ${message}`] };
    }
    const { name, message } = thrown;
    return { name, message, traceback: [`${RED}${name}${PLAIN}: ${message}`, ...this.below(thrown)] };
  }

  private below(error: Error): string[] {
    const lines = this.linesOf(error);
    const { cause } = error;
    if (cause instanceof Error && cause !== error)
      lines.push(`caused by ${cause.name}: ${cause.message}`, ...this.linesOf(cause));
    const { errors } = error as { readonly errors?: unknown };
    if (Array.isArray(errors)) for (const each of errors) lines.push(`  ${String(each)}`);
    return lines;
  }

  /** Where it came from: cells and packages, without Node's and the kernel's own. */
  private linesOf(error: Error): string[] {
    const stack = typeof error.stack === 'string' ? error.stack : '';
    const lines = stack.split('\n').filter((line) => /^\s+at /.test(line));
    const last = lines.findLastIndex((line) => this.mapped(line) !== undefined);
    // What called the cell is the kernel.
    return lines
      .slice(0, last < 0 ? undefined : last + 1)
      .filter((line) => !line.includes('node:internal/'))
      .map((line) => this.mapped(line) ?? line);
  }

  private mapped(line: string): string | undefined {
    const [, before, url, row, column] = /^(\s+at .*?)\(?(file:\/\/\S+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    const cell = url === undefined ? undefined : this.cells.get(url);
    // Below its last line is what starts it.
    if (cell === undefined || Number(row) > cell.lines) return undefined;
    const entry = cell.map.findEntry(Number(row) - 1, Number(column) - 1);
    const at =
      'originalLine' in entry
        ? `line ${entry.originalLine + 1}, column ${entry.originalColumn + 1}`
        : `line ${row}`;
    const [, id] = /cell-([\d.]+)\.mts$/.exec(url!)!;
    const name = before!.replace(/\b(start|<anonymous>)\s*$/, '').trimEnd();
    return `${name === '    at' || name === '    at async' ? '    at' : `${name},`} cell ${id}, ${at}`;
  }
}
