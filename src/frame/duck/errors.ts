import { SpillError } from '../../engine/errors.js';
import { FrameError, nearest } from '../errors.js';

/** What DuckDB says went wrong, as an error of ours: what it is about, and what to do. */
export function translated(error: unknown, limit: number): Error {
  const text = error instanceof Error ? error.message : String(error);
  const [, kind = '', rest = text] = /^(?:Error: )?([A-Za-z ]+ Error): ?(.*)$/s.exec(text) ?? [];
  const what = rest.split(/\n\nLINE \d+:/)[0]!.trim();
  if (/Out of Memory/i.test(kind))
    return new FrameError(
      `the frame needs more memory than the memoryLimit of ${limit} bytes leaves: ${firstLine(what)}; use a larger memoryLimit, fewer threads, or more partitions`,
      { cause: error },
    );
  if (
    /No space left on device|failed to offload|max_temp_directory_size|Could not write all bytes/i.test(text)
  )
    return new SpillError(
      `the disk for spilled data is full: ${firstLine(what)}; free some space or choose another directory by the option spillDirectory`,
      spillPath(text),
      { cause: error },
    );
  if (/^Conversion Error/.test(kind))
    return new FrameError(
      `a value cannot be converted: ${firstLine(what)}; cast(type, { strict: false }) makes null of such values`,
      { cause: error },
    );
  if (/^Binder Error/.test(kind)) return new FrameError(binder(what), { cause: error });
  if (kind !== '') return new FrameError(`${firstLine(what)}`, { cause: error });
  return error instanceof Error ? error : new FrameError(text, { cause: error });
}

function binder(what: string): string {
  const [, column] = /Referenced column "([^"]*)" not found/.exec(what) ?? [];
  const candidates = [...what.matchAll(/"([^"]*)"/g)].map((match) => match[1]!).slice(1);
  if (column !== undefined) {
    const near = nearest(column, candidates);
    return `there is no column ${JSON.stringify(column)}${near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`}`;
  }
  const [, call] = /No function matches the given name and argument types '([^']*)'/.exec(what) ?? [];
  if (call !== undefined)
    return `the operation ${call} does not exist for columns of these types: cast one of them, by cast('…')`;
  return firstLine(what);
}

const firstLine = (text: string): string => text.split('\n')[0]!;
const spillPath = (text: string): string => /"([^"]+)"/.exec(text)?.[1] ?? '';
