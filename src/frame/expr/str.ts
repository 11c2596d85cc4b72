import { checkOptions } from '../../engine/known-options.js';
import { given } from '../given.js';
import type { Expr } from './expr.js';
import type { NamesOf, Operand } from './operand.js';

/** Functions of text: `col('name').str.upper()`. */
export class StringAccessor<N extends string> {
  constructor(private readonly of: Expr<N, unknown>) {}

  /**
   * How many characters (code points) it has.
   *
   * @example
   * await fromRows([{ s: 'né' }]).select({ r: col('s').str.length() }).rows(); // [ { r: 2 } ]
   */
  length(): Expr<N, 'int64'> {
    return this.of.with('str.length');
  }
  /**
   * In lower case, letter by letter.
   *
   * @example
   * await fromRows([{ s: 'ÉA' }]).select({ r: col('s').str.lower() }).rows(); // [ { r: 'éa' } ]
   */
  lower(): Expr<N, 'string'> {
    return this.of.with('str.lower');
  }
  /**
   * In upper case, letter by letter.
   *
   * @example
   * await fromRows([{ s: 'éa' }]).select({ r: col('s').str.upper() }).rows(); // [ { r: 'ÉA' } ]
   */
  upper(): Expr<N, 'string'> {
    return this.of.with('str.upper');
  }
  /**
   * The first letter in upper case, the others in lower case.
   *
   * @example
   * await fromRows([{ s: 'ada L' }]).select({ r: col('s').str.capitalize() }).rows(); // [ { r: 'Ada l' } ]
   */
  capitalize(): Expr<N, 'string'> {
    return this.of.with('str.capitalize');
  }
  /**
   * The first letter of each word in upper case.
   *
   * @example
   * await fromRows([{ s: 'ada lovelace' }]).select({ r: col('s').str.title() }).rows(); // [ { r: 'Ada Lovelace' } ]
   */
  title(): Expr<N, 'string'> {
    return this.of.with('str.title');
  }
  /**
   * Without white space, or the characters given, at both ends.
   *
   * @example
   * await fromRows([{ s: ' a ' }]).select({ r: col('s').str.trim() }).rows(); // [ { r: 'a' } ]
   */
  trim(characters?: string): Expr<N, 'string'> {
    return characters === undefined ? this.of.with('str.trim') : this.of.with('str.trim', characters);
  }
  /**
   * Without white space, or the characters given, at its beginning.
   *
   * @example
   * await fromRows([{ s: '00012' }]).select({ r: col('s').str.trimStart('0') }).rows(); // [ { r: '12' } ]
   */
  trimStart(characters?: string): Expr<N, 'string'> {
    return characters === undefined
      ? this.of.with('str.trimStart')
      : this.of.with('str.trimStart', characters);
  }
  /**
   * Without white space, or the characters given, at its end.
   *
   * @example
   * await fromRows([{ s: 'a!!' }]).select({ r: col('s').str.trimEnd('!') }).rows(); // [ { r: 'a' } ]
   */
  trimEnd(characters?: string): Expr<N, 'string'> {
    return characters === undefined ? this.of.with('str.trimEnd') : this.of.with('str.trimEnd', characters);
  }
  /**
   * Whether a piece of text, as it is, is in it; for patterns see `matches`.
   *
   * @example
   * await fromRows([{ s: 'a.b' }]).select({ r: col('s').str.contains('.') }).rows(); // [ { r: true } ]
   */
  contains<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('str.contains', part);
  }
  /**
   * Whether it begins with a piece of text.
   *
   * @example
   * await fromRows([{ s: 'a.b' }]).select({ r: col('s').str.startsWith('a') }).rows(); // [ { r: true } ]
   */
  startsWith<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('str.startsWith', part);
  }
  /**
   * Whether it ends with a piece of text.
   *
   * @example
   * await fromRows([{ s: 'a.b' }]).select({ r: col('s').str.endsWith('b') }).rows(); // [ { r: true } ]
   */
  endsWith<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'bool'> {
    return this.of.with('str.endsWith', part);
  }
  /**
   * SQL's LIKE: `%` stands for any text, `_` for one character.
   *
   * @example
   * await fromRows([{ s: 'abc' }]).select({ r: col('s').str.like('a_c') }).rows(); // [ { r: true } ]
   */
  like(pattern: string): Expr<N, 'bool'> {
    return this.of.with('str.like', pattern);
  }
  /**
   * Whether a regular expression (RE2's syntax) matches anywhere in it.
   *
   * @example
   * await fromRows([{ s: 'a1' }]).select({ r: col('s').str.matches(/\d$/) }).rows(); // [ { r: true } ]
   */
  matches(pattern: string | RegExp): Expr<N, 'bool'> {
    return this.of.with('str.matches', sourceOf(pattern));
  }
  /**
   * Every occurrence of a piece of text, or of what a regular expression matches, replaced.
   *
   * @example
   * await fromRows([{ s: 'a1b22' }]).select({ r: col('s').str.replace(/\d+/, '#') }).rows(); // [ { r: 'a#b#' } ]
   */
  replace(pattern: string | RegExp, by: string): Expr<N, 'string'> {
    return typeof pattern === 'string'
      ? this.of.with('str.replace', pattern, by)
      : this.of.with('str.replaceRegex', sourceOf(pattern), by);
  }
  /**
   * What a group of a regular expression matched first; null where the expression does not match.
   *
   * @example
   * await fromRows([{ s: 'id=7' }]).select({ r: col('s').str.extract(/=(\d)/) }).rows(); // [ { r: '7' } ]
   */
  extract(pattern: string | RegExp, group = 1): Expr<N, 'string'> {
    return this.of.with('str.extract', sourceOf(pattern), group);
  }
  /**
   * All that a regular expression matches.
   *
   * @example
   * await fromRows([{ s: 'a1b2' }]).select({ r: col('s').str.extractAll(/\d/) }).rows(); // [ { r: [ '1', '2' ] } ]
   */
  extractAll(pattern: string | RegExp): Expr<N, { readonly list: 'string' }> {
    return this.of.with('str.extractAll', sourceOf(pattern));
  }
  /**
   * How often a regular expression matches.
   *
   * @example
   * await fromRows([{ s: 'a1b2' }]).select({ r: col('s').str.count(/\d/) }).rows(); // [ { r: 2 } ]
   */
  count(pattern: string | RegExp): Expr<N, 'int64'> {
    return this.of.with('str.count', sourceOf(pattern));
  }
  /**
   * Where a piece of text begins, from 0; -1 where it is not there.
   *
   * @example
   * await fromRows([{ s: 'abc' }]).select({ r: col('s').str.find('c') }).rows(); // [ { r: 2 } ]
   */
  find(part: string): Expr<N, 'int64'> {
    return this.of.with('str.find', part);
  }
  /**
   * Its parts between a separator, or between what a regular expression matches; cut at most so many times with `{ times }`, from the left.
   *
   * @example
   * await fromRows([{ s: 'a,b' }]).select({ r: col('s').str.split(',') }).rows(); // [ { r: [ 'a', 'b' ] } ]
   * await fromRows([{ s: 'Ada King Lovelace' }]).select({ r: col('s').str.split(' ', { times: 1 }).list.last() }).rows(); // [ { r: 'King Lovelace' } ]
   * await fromRows([{ s: 'a1b22c' }]).select({ r: col('s').str.split(/\d+/) }).rows(); // [ { r: [ 'a', 'b', 'c' ] } ]
   */
  split(
    separator: string | RegExp,
    options: { readonly times?: number } = {},
  ): Expr<N, { readonly list: 'string' }> {
    checkOptions('str.split', options, ['times']);
    const { times } = options;
    if (typeof separator !== 'string' && !(separator instanceof RegExp))
      throw new TypeError(`str.split takes a text or a regular expression, not ${given(separator)}`);
    if (times === undefined)
      return typeof separator === 'string'
        ? this.of.with('str.split', separator)
        : this.of.with('str.splitRegex', sourceOf(separator));
    if (!Number.isInteger(times) || times < 1)
      throw new RangeError(`str.split: times is a whole number from 1, not ${given(times)}`);
    if (typeof separator !== 'string')
      throw new TypeError('str.split: times is of separators that are text, not of regular expressions');
    return this.of.with('str.splitTimes', separator, times);
  }
  /**
   * Without a piece of text at its beginning, where it begins so.
   *
   * @example
   * await fromRows([{ s: 'id-7' }, { s: '8' }]).select({ r: col('s').str.removePrefix('id-') }).rows(); // [ { r: '7' }, { r: '8' } ]
   */
  removePrefix<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'string'> {
    return this.of.with('str.removePrefix', part);
  }
  /**
   * Without a piece of text at its end, where it ends so.
   *
   * @example
   * await fromRows([{ s: '7 kg' }, { s: '8' }]).select({ r: col('s').str.removeSuffix(' kg') }).rows(); // [ { r: '7' }, { r: '8' } ]
   */
  removeSuffix<O extends Operand>(part: O): Expr<N | NamesOf<O>, 'string'> {
    return this.of.with('str.removeSuffix', part);
  }
  /**
   * Filled up to a length with zeros, which stand behind a sign; what is longer stays.
   *
   * @example
   * await fromRows([{ s: '-7' }]).select({ r: col('s').str.zfill(4) }).rows(); // [ { r: '-007' } ]
   */
  zfill(length: number): Expr<N, 'string'> {
    return this.of.with('str.zfill', length);
  }
  /**
   * Characters from `start` to before `end`; negative positions count from the end.
   *
   * @example
   * await fromRows([{ s: 'tilework' }]).select({ r: col('s').str.slice(-4) }).rows(); // [ { r: 'work' } ]
   */
  slice(start: number, end?: number): Expr<N, 'string'> {
    return this.of.with('str.slice', ...sliceBounds(start, end));
  }
  /**
   * Filled up to a length with a character before it; what is longer stays.
   *
   * @example
   * await fromRows([{ s: '7' }]).select({ r: col('s').str.padStart(3, '0') }).rows(); // [ { r: '007' } ]
   */
  padStart(length: number, fill = ' '): Expr<N, 'string'> {
    return this.of.with('str.padStart', length, fill);
  }
  /**
   * Filled up to a length with a character behind it; what is longer stays.
   *
   * @example
   * await fromRows([{ s: '7' }]).select({ r: col('s').str.padEnd(3, '.') }).rows(); // [ { r: '7..' } ]
   */
  padEnd(length: number, fill = ' '): Expr<N, 'string'> {
    return this.of.with('str.padEnd', length, fill);
  }
  /**
   * So many times, one after another.
   *
   * @example
   * await fromRows([{ s: 'ab' }]).select({ r: col('s').str.repeat(2) }).rows(); // [ { r: 'abab' } ]
   */
  repeat(times: number): Expr<N, 'string'> {
    return this.of.with('str.repeat', times);
  }
  /**
   * From its end to its beginning.
   *
   * @example
   * await fromRows([{ s: 'abc' }]).select({ r: col('s').str.reverse() }).rows(); // [ { r: 'cba' } ]
   */
  reverse(): Expr<N, 'string'> {
    return this.of.with('str.reverse');
  }
  /**
   * Followed by other text.
   *
   * @example
   * await fromRows([{ s: 'a', n: 1 }]).select({ r: col('s').str.concat('-', col('n')) }).rows(); // [ { r: 'a-1' } ]
   */
  concat<const O extends readonly Operand[]>(...others: O): Expr<N | NamesOf<O[number]>, 'string'> {
    return this.of.with('concat', ...others);
  }
  /**
   * Read as a date by a format of strptime, such as '%d.%m.%Y'. What is not written so is an error, or null with `{ strict: false }`.
   *
   * @example
   * await fromRows([{ s: '31.12.2024' }]).select({ r: col('s').str.toDate('%d.%m.%Y') }).rows(); // [ { r: 2024-12-31T00:00:00.000Z } ]
   * await fromRows([{ s: 'soon' }]).select({ r: col('s').str.toDate('%d.%m.%Y', { strict: false }) }).rows(); // [ { r: null } ]
   */
  toDate(format = '%Y-%m-%d', options: { readonly strict?: boolean } = {}): Expr<N, 'date'> {
    const fn = isStrict('toDate', options) ? 'str.toDate' : 'str.tryDate';
    return this.of.with(fn, strptime('toDate', format));
  }
  /**
   * Read as a time by a format of strptime. What is not written so is an error, or null with `{ strict: false }`.
   *
   * @example
   * await fromRows([{ s: '2024-01-01 10:00:00' }]).select({ r: col('s').str.toTimestamp() }).rows(); // [ { r: 2024-01-01T10:00:00.000Z } ]
   */
  toTimestamp(
    format = '%Y-%m-%d %H:%M:%S',
    options: { readonly strict?: boolean } = {},
  ): Expr<N, 'timestamp'> {
    const fn = isStrict('toTimestamp', options) ? 'str.toTimestamp' : 'str.tryTimestamp';
    return this.of.with(fn, strptime('toTimestamp', format));
  }
}

function isStrict(where: string, options: { readonly strict?: boolean }): boolean {
  checkOptions(`str.${where}`, options, ['strict']);
  return options.strict ?? true;
}

/** A format of strptime. Throws a TypeError for others, such as 'yyyy-mm-dd': every text would be refused. */
function strptime(where: string, format: string): string {
  if (typeof format === 'string' && format.includes('%')) return format;
  throw new TypeError(`${where} takes a format of strptime, such as '%d/%m/%Y', not ${given(format)}`);
}

function sourceOf(pattern: string | RegExp): string {
  if (typeof pattern === 'string') return pattern;
  const flags = pattern.flags.replace(/[gyud]/g, '');
  if (/[^ims]/.test(flags))
    throw new TypeError(`a regular expression may have the flags i, m and s, not ${flags}`);
  return flags === '' ? pattern.source : `(?${flags})${pattern.source}`;
}

/** Bounds of a slice as SQL counts them: from 1, the last one included; -1 is the last. */
export const sliceBounds = (start: number, end: number | undefined): [number, number] => [
  start < 0 ? start : start + 1,
  end === undefined ? -1 : end < 0 ? end - 1 : end,
];
