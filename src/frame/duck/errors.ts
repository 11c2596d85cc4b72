import { SpillError } from '../../engine/errors.js';
import { nearest } from '../../engine/nearest.js';
import { FileError, FrameError, FrameMemoryError } from '../errors.js';

/** What DuckDB says went wrong, as an error of ours: what it is about, and what to do. */
export function translated(error: unknown, limit: number): Error {
  if (error instanceof FrameError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, kind = '', rest = text] =
    /^(?:Error: )?(?:Failed to extract statements: )?([A-Za-z ]+ Error): ?(.*)$/s.exec(text) ?? [];
  const what = rest.split(/\n\nLINE \d+:/)[0]!.trim();
  const file = fileError(what, error);
  if (file) return file;
  if (/Out of Memory/i.test(kind) && !/failed to offload|max_temp_directory_size/i.test(text))
    return new FrameMemoryError(
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
      `a value cannot be converted: ${conversion(firstLine(what))}; cast(type, { strict: false }) makes null of such values`,
      { cause: error },
    );
  if (/^Out of Range Error/.test(kind) && /^Overflow in /.test(what))
    return new FrameError(`${firstLine(what)} Cast to 'float64' or 'decimal' before.`, { cause: error });
  if (/^Could not parse string .* according to format specifier/.test(what))
    return new FrameError(
      `a value cannot be converted: ${firstLine(what)}; say another format, or leave such rows out before, by str.matches`,
      { cause: error },
    );
  if (/Max expression depth limit/.test(what))
    return new FrameError(
      'an expression is nested too deeply, by itself or by verbs that are computed as one: persist() what it is made of, or make it of fewer operations',
      { cause: error },
    );
  if (/^Binder Error/.test(kind)) return new FrameError(binder(what), { cause: error });
  if (kind !== '') return new FrameError(`${firstLine(what)}`, { cause: error });
  return error instanceof Error ? error : new FrameError(text, { cause: error });
}

/** What is wrong with a file; undefined where the trouble is none. */
function fileError(what: string, cause: unknown): FileError | undefined {
  if (/^CSV Error on Line:/.test(what)) return csvError(what, cause);
  if (/CSV Parser state machine reached an invalid state/.test(what)) {
    const path = /^ {2}file = (.*)$/m.exec(what)?.[1] ?? '';
    return new FileError(
      `${path}: lines end in different ways, or quotes are not closed: end all lines in \\n or all in \\r\\n, as the tools dos2unix and unix2dos do`,
      path,
      undefined,
      undefined,
      { cause },
    );
  }
  const json =
    /^Malformed JSON in file "(.*)", at byte \d+ in (?:line|record\/value) (\d+): (.*)/.exec(what) ??
    /^JSON transform error in file "(.*)", in (?:line|record\/value) (\d+): (.*)/.exec(what);
  if (json) {
    const [, path, found, why] = json as unknown as [string, string, string, string];
    const transform = /^JSON transform/.test(what);
    // Of what is no JSON DuckDB tells the line behind it.
    const line = transform ? Number(found) : Math.max(1, Number(found) - 1);
    const remedy = transform
      ? "give the column another type by types, or make nulls of such rows by onBadRows: 'null'"
      : "correct it, say how objects are written by format, or make nulls of such lines by onBadRows: 'null'";
    return new FileError(`${path}, line ${line}: ${withoutDot(why)}; ${remedy}`, path, line, undefined, {
      cause,
    });
  }
  const damaged = /^Failed to read file "(.*)": (.*)/.exec(what);
  if (damaged)
    return new FileError(
      `${damaged[1]} is damaged: ${withoutDot(damaged[2]!)}; get the whole file again`,
      damaged[1]!,
      undefined,
      undefined,
      { cause },
    );
  const broken =
    /^(No magic bytes found at (?:the )?end of file) '(.*)'/.exec(what) ??
    /^(File) '(.*)' too small to be a Parquet file/.exec(what) ??
    /^(Footer length error in file|Invalid footer length for file) '(.*)'/.exec(what) ??
    /^(Failed to read Parquet file) ["'](.*)["']/.exec(what);
  if (broken) {
    const path = broken[2]!;
    return new FileError(
      `${path} is no Parquet file, or was cut short: ${withoutDot(firstLine(what))}; get the whole file again`,
      path,
      undefined,
      undefined,
      { cause },
    );
  }
  return undefined;
}

function csvError(what: string, cause: unknown): FileError {
  const lines = what.split('\n');
  const line = Number(/^CSV Error on Line: (\d+)/.exec(lines[0]!)?.[1] ?? 0);
  const path = /^ {2}file = (.*)$/m.exec(what)?.[1] ?? '';
  const convert = /Error when converting column "(.*?)"\. (?:Could not convert (?:string )?)?(.*)$/m.exec(
    what,
  );
  const long = /Maximum line size of (\d+) bytes exceeded/.exec(what);
  const width = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(what);
  const column = convert?.[1];
  const skip = "leave such rows out by onBadRows: 'skip'";
  let said: string;
  if (convert) {
    const value = /^"(.*)" to '?([^']*)'?$/.exec(convert[2]!);
    const problem = value ? `"${value[1]}" is no ${typeText(value[2]!)}` : convert[2]!;
    said = `column "${column}": ${problem}; read it as another type by types: { ${JSON.stringify(column)}: 'string' }${separated(value?.[1])}, say by nullText what means null, or ${skip}`;
  } else if (width) {
    const [, expected, found] = width;
    const fill = Number(found) < Number(expected) ? 'take nulls for the rest by fillShortRows: true, ' : '';
    said = `${found} value${found === '1' ? '' : 's'} where there are ${expected} columns; correct it, ${fill}or ${skip}`;
  } else if (long) {
    said = `a row has more than ${long[1]} bytes; say how many there may be by rowBytes, close a quote that is open, or ${skip}`;
  } else if (/unterminated quote/i.test(what)) {
    said = `a quote is opened and not closed as it should be; correct it, say another quote by the option quote, or ${skip}`;
  } else if (/unicode|not utf-8 encoded/i.test(what)) {
    said = `it is not UTF-8; say the encoding by encoding: 'latin-1' or 'utf-16'`;
  } else {
    const original = lines.findIndex((text) => text.startsWith('Original Line:'));
    said = `${withoutDot(lines[original + 1] ?? lines[1] ?? what)}; correct it, or ${skip}`;
  }
  return new FileError(`${path}, line ${line}${convert ? ', ' : ': '}${said}`, path, line, column, {
    cause,
  });
}

/** What to do about a number that is written with separators. */
function separated(text = ''): string {
  if (/^[-+]?\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/.test(text))
    return ' and take out what is between thousands by str.replace';
  return /^[-+]?\d+,\d+$/.test(text) ? ", say decimal: ','" : '';
}

/** DuckDB's names of types as ours. */
const typeText = (type: string): string =>
  ({
    BIGINT: 'int64',
    INTEGER: 'int32',
    INT64: 'int64',
    INT32: 'int32',
    INT16: 'int16',
    INT8: 'int8',
    UINT8: 'uint8',
    UINT16: 'uint16',
    UINT32: 'uint32',
    UINT64: 'uint64',
    SMALLINT: 'int16',
    TINYINT: 'int8',
    DOUBLE: 'float64',
    FLOAT: 'float32',
    BOOLEAN: 'bool',
    BOOL: 'bool',
    VARCHAR: 'string',
    'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  })[type] ?? type.toLowerCase();

/** A failed cast: the column, the value and the type. */
function conversion(text: string): string {
  const column = '(?: when casting from source column (.*))?$';
  const string = new RegExp(`^Could not convert string '(.*)' to (\\w+)${column}`).exec(text);
  const beyond = new RegExp(
    `^Type \\w+ with value (.*) can't be cast because the value is out of range for the destination type (\\w+)${column}`,
  ).exec(text);
  const date = new RegExp(
    `^invalid (\\w+) field format: "(.*)", expected format is \\((.*)\\)${column}`,
  ).exec(text);
  if (date) return `${named(date[4])}"${date[2]}" is no ${date[1]}, which is written as ${date[3]}`;
  const [, value, type, name] = string ?? beyond ?? [];
  if (value === undefined) return text;
  return `${named(name)}${string ? JSON.stringify(value) : value} is no ${typeText(type!)}`;
}

const named = (column: string | undefined): string =>
  column === undefined ? '' : `column ${JSON.stringify(column)}: `;

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
const withoutDot = (text: string): string => text.trim().replace(/[.\s]+$/, '');
const spillPath = (text: string): string => /"([^"]+)"/.exec(text)?.[1] ?? '';
