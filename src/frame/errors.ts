/** Errors of frames. */

/** A column that does not exist. */
export class ColumnError extends Error {
  override readonly name = 'ColumnError';
  constructor(
    where: string,
    /** What was asked for. */
    readonly column: string,
    /** What there is. */
    readonly columns: readonly string[],
  ) {
    const near = nearest(column, columns);
    const shown = columns.slice(0, 12).map((name) => JSON.stringify(name));
    const more = columns.length > 12 ? `, … (${columns.length} in all)` : '';
    super(
      `${where}: there is no column ${JSON.stringify(column)}; ` +
        `${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}there are ${shown.join(', ') || 'none'}${more}`,
    );
  }
}

/** What a frame could not do with its data: a value that cannot be converted, an operation that a type does not have, a bad file. */
export class FrameError extends Error {
  override readonly name: string = 'FrameError';
}

/** A computation needed more memory than the memoryLimit leaves. */
export class FrameMemoryError extends FrameError {
  override readonly name = 'FrameMemoryError';
}

/** What is wrong with a file, and where in it. */
export class FileError extends FrameError {
  override readonly name = 'FileError';
  constructor(
    message: string,
    readonly path: string,
    /** From 1. */
    readonly line?: number,
    readonly column?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The name most like another, where one is like it at all. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
