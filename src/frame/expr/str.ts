import type { Expr, NamesOf, Operand } from './expr.js';

/** Functions of text: `col('name').str.upper()`. */
export class StringAccessor<N extends string> {
  constructor(private readonly of: Expr<N, unknown>) {}

  /** How many characters. */
  length(): Expr<N, 'int64'> {
    return this.of.with('str.length');
  }
  lower(): Expr<N, 'string'> {
    return this.of.with('str.lower');
  }
  upper(): Expr<N, 'string'> {
    return this.of.with('str.upper');
  }
  /** The first letter in upper case, the others in lower case. */
  capitalize(): Expr<N, 'string'> {
    return this.of.with('str.capitalize');
  }
  /** The first letter of each word in upper case. */
  title(): Expr<N, 'string'> {
    return this.of.with('str.title');
  }
  /** Without white space, or the characters given, at both ends. */
  trim(characters?: string): Expr<N, 'string'> {
    return characters === undefined ? this.of.with('str.trim') : this.of.with('str.trim', characters);
  }
  trimStart(characters?: string): Expr<N, 'string'> {
    return characters === undefined
      ? this.of.with('str.trimStart')
      : this.of.with('str.trimStart', characters);
  }
  trimEnd(characters?: string): Expr<N, 'string'> {
    return characters === undefined ? this.of.with('str.trimEnd') : this.of.with('str.trimEnd', characters);
  }
  /** Whether a piece of text, as it is, is in it; for patterns see `matches`. */
  contains<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('str.contains', part);
  }
  startsWith<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('str.startsWith', part);
  }
  endsWith<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('str.endsWith', part);
  }
  /** SQL's LIKE: `%` stands for any text, `_` for one character. */
  like(pattern: string): Expr<N, 'bool'> {
    return this.of.with('str.like', pattern);
  }
  /** Whether a regular expression (RE2's syntax) matches anywhere in it. */
  matches(pattern: string | RegExp): Expr<N, 'bool'> {
    return this.of.with('str.matches', sourceOf(pattern));
  }
  /** Every occurrence of a piece of text, or of what a regular expression matches, replaced. */
  replace(pattern: string | RegExp, by: string): Expr<N, 'string'> {
    return typeof pattern === 'string'
      ? this.of.with('str.replace', pattern, by)
      : this.of.with('str.replaceRegex', sourceOf(pattern), by);
  }
  /** What a group of a regular expression matched first; null where it did not. */
  extract(pattern: string | RegExp, group = 1): Expr<N, 'string'> {
    return this.of.with('str.extract', sourceOf(pattern), group);
  }
  extractAll(pattern: string | RegExp): Expr<N, { readonly list: 'string' }> {
    return this.of.with('str.extractAll', sourceOf(pattern));
  }
  /** How often a regular expression matches. */
  count(pattern: string | RegExp): Expr<N, 'int64'> {
    return this.of.with('str.count', sourceOf(pattern));
  }
  /** Where a piece of text begins, from 0; -1 where it is not there. */
  find(part: string): Expr<N, 'int64'> {
    return this.of.with('str.find', part);
  }
  split(separator: string): Expr<N, { readonly list: 'string' }> {
    return this.of.with('str.split', separator);
  }
  /** Characters from `start` to before `end`; negative positions count from the end. */
  slice(start: number, end?: number): Expr<N, 'string'> {
    return this.of.with(
      'str.slice',
      start < 0 ? start : start + 1,
      end === undefined ? null : end < 0 ? end - 1 : end,
    );
  }
  /** Filled up to a length with a character before it. */
  padStart(length: number, fill = ' '): Expr<N, 'string'> {
    return this.of.with('str.padStart', length, fill);
  }
  padEnd(length: number, fill = ' '): Expr<N, 'string'> {
    return this.of.with('str.padEnd', length, fill);
  }
  repeat(times: number): Expr<N, 'string'> {
    return this.of.with('str.repeat', times);
  }
  reverse(): Expr<N, 'string'> {
    return this.of.with('str.reverse');
  }
  /** Followed by other text. */
  concat<O extends Operand>(...others: O[]): Expr<N | NamesOf<O>, 'string'> {
    return this.of.with('concat', ...others);
  }
  /** Read as a date by a format of strptime, such as '%d.%m.%Y'. */
  toDate(format = '%Y-%m-%d'): Expr<N, 'date'> {
    return this.of.with('str.toDate', format);
  }
  toTimestamp(format = '%Y-%m-%d %H:%M:%S'): Expr<N, 'timestamp'> {
    return this.of.with('str.toTimestamp', format);
  }
}

function sourceOf(pattern: string | RegExp): string {
  if (typeof pattern === 'string') return pattern;
  const flags = pattern.flags.replace(/[gyud]/g, '');
  if (/[^ims]/.test(flags))
    throw new TypeError(`a regular expression may have the flags i, m and s, not ${flags}`);
  return flags === '' ? pattern.source : `(?${flags})${pattern.source}`;
}
