import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { Database } from '../duck/database.js';
import { FileError } from '../errors.js';
import type { FileInfo, FileSource, NamedType, ReaderOption } from '../plan/source.js';
import type { CsvOptions } from './csv.js';
import { everything } from './scan.js';

/** What the first rows of a CSV file tell. */
export interface Look {
  /** In the order of the file. */
  readonly columns: readonly NamedType[];
  /** How it is read, by DuckDB's names of options. */
  readonly dialect: Readonly<Record<string, ReaderOption>>;
}

/** Looks at the first rows of a file: at what its values are, never at what might have been meant by a row that does not fit. */
export async function look(
  where: string,
  file: FileInfo,
  given: CsvOptions,
  database: Database,
): Promise<Look> {
  const { path } = file;
  const encoding = given.encoding ?? (await markedEncoding(path));
  const options = encoding === undefined ? given : { ...given, encoding };
  const lines = await firstLines(path, options);
  const dialect = dialectOf(where, path, lines, options);
  const samples = { ...dialect, ignore_errors: true, sample_size: options.sampleRows ?? 20_480 };
  try {
    const { columns, formats } = await sniff(path, samples, database);
    if (lines?.some((line) => INFINITE.test(line))) {
      // DuckDB casts "inf" to dates too, and takes a column that begins so for one of dates, or of texts.
      const numbers = await sniff(path, { ...samples, auto_type_candidates: NUMBERS }, database);
      const doubtful = options.dateFormat === undefined ? ['VARCHAR', 'DATE'] : ['VARCHAR'];
      const found = new Map(numbers.columns);
      const doubted = columns.map(([name, type]): NamedType => {
        const isNumber = found.get(name) === 'DOUBLE' && doubtful.includes(type);
        return [name, isNumber ? 'DOUBLE' : type];
      });
      return { columns: doubted, dialect: { ...formats, ...dialect } };
    }
    return { columns, dialect: { ...formats, ...dialect } };
  } catch (error) {
    await explain(path, lines?.[0] ?? '', dialect, database);
    throw error instanceof FileError
      ? error
      : new FileError(
          `${where}: ${path} cannot be read as CSV with the delimiter ${JSON.stringify(dialect.delim)} and the quote ${JSON.stringify(dialect.quote)}; say how it is written by delimiter, quote, escape, header, skipRows or encoding`,
          path,
          undefined,
          undefined,
          { cause: error },
        );
  }
}

/** A value that is an infinite number, among others in a line. */
const INFINITE = /(?<![\w.])inf(inity)?(?![\w.])/i;
const NUMBERS: readonly string[] = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR'];

/** What DuckDB finds out of the first rows: types by name, and how dates are written. */
async function sniff(
  path: string,
  options: FileSource['options'],
  database: Database,
): Promise<{ columns: readonly NamedType[]; formats: Record<string, string> }> {
  const { sql, values } = everything(sourceOf(path, options));
  const columns: NamedType[] = [];
  const formats: Record<string, string> = {};
  for await (const { columns: found } of database.batches({
    sql: sql.replace('read_csv', 'sniff_csv'),
    values: [path, ...values.slice(1)],
  })) {
    const value = (name: string): unknown => found.find((column) => column.name === name)?.values[0];
    for (const { name, type } of value('Columns') as readonly { name: string; type: string }[])
      columns.push([name, type]);
    for (const [option, name] of [
      ['dateformat', 'DateFormat'],
      ['timestampformat', 'TimestampFormat'],
    ] as const) {
      const format = value(name);
      if (typeof format === 'string') formats[option] = format;
    }
  }
  return { columns, formats };
}

const sourceOf = (path: string, options: FileSource['options']): FileSource => ({
  from: 'files',
  format: 'csv',
  files: [{ path, bytes: 0 }],
  options,
  schema: {},
});

/** Reads a file that could not be looked at as texts, for the error that names the line. */
async function explain(
  path: string,
  line: string,
  dialect: Look['dialect'],
  database: Database,
): Promise<void> {
  const count = line.split(String(dialect.delim)).length;
  const columns = Array.from({ length: count }, (_, i): NamedType => [`column${i}`, 'VARCHAR']);
  const source = sourceOf(path, { ...dialect, auto_detect: false, columns });
  await database.execute(everything(source, 'SELECT count(column0)'));
}

function dialectOf(
  where: string,
  path: string,
  lines: readonly string[] | undefined,
  options: CsvOptions,
): Record<string, ReaderOption> {
  const { quote = '"', nullText, skipRows = 0, comment = '' } = options;
  if (lines === undefined) throw new FileError(`${where}: ${path} is empty: it has not even a header`, path);
  return {
    ...(options.compression !== undefined && { compression: options.compression }),
    ...(options.encoding !== undefined && { encoding: options.encoding }),
    skip: skipRows,
    comment,
    delim: options.delimiter ?? delimiterOf(lines[0] ?? '', quote),
    quote,
    escape: options.escape ?? quote,
    header: options.header ?? options.names === undefined,
    // An empty text in quotes is a text, no null, as the writer has it.
    allow_quoted_nulls: nullText !== undefined,
    ...(nullText !== undefined && { nullstr: typeof nullText === 'string' ? [nullText] : nullText }),
    ...(options.dateFormat !== undefined && { dateformat: options.dateFormat }),
    ...(options.timestampFormat !== undefined && { timestampformat: options.timestampFormat }),
    ...(options.decimal !== undefined && { decimal_separator: options.decimal }),
    ...(options.thousands !== undefined && { thousands: options.thousands }),
    ...(options.rowBytes !== undefined && { max_line_size: options.rowBytes }),
    ...(options.fillShortRows && { null_padding: true }),
  };
}

/** The delimiter that a line has most of, outside of quotes. */
function delimiterOf(line: string, quote: string): string {
  const bare =
    quote === ''
      ? line
      : line
          .split(quote)
          .filter((_, i) => i % 2 === 0)
          .join('');
  let best = ',';
  let most = 0;
  for (const candidate of [',', ';', '\t', '|']) {
    const count = bare.split(candidate).length - 1;
    if (count > most) [best, most] = [candidate, count];
  }
  return best;
}

/** The encoding that the first bytes of a file on a disk are the mark of; undefined where they are none. */
async function markedEncoding(path: string): Promise<'utf-16' | undefined> {
  if (/^\w+:\/\//.test(path)) return undefined;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === 0xfffe ? 'utf-16' : undefined;
  } finally {
    await file.close();
  }
}

const FIRST_BYTES = 65_536;

/** The first lines of a file that are not left out; undefined where it is empty, none where that cannot be said. */
async function firstLines(
  path: string,
  { compression, encoding, skipRows = 0, comment = '' }: CsvOptions,
): Promise<readonly string[] | undefined> {
  if (/^\w+:\/\//.test(path) || compression === 'zstd' || path.endsWith('.zst')) return [];
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
    let bytes: Buffer = buffer.subarray(0, bytesRead);
    const zipped = compression === 'gzip' || (compression === undefined && path.endsWith('.gz'));
    if (zipped) {
      try {
        bytes = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
      } catch (cause) {
        throw new FileError(`${path} is no gzip file, or damaged`, path, undefined, undefined, { cause });
      }
    }
    const text = new TextDecoder(
      encoding === 'latin-1' ? 'latin1' : encoding === 'utf-16' ? 'utf-16le' : 'utf-8',
    ).decode(bytes);
    if (text.trim() === '' && bytesRead < FIRST_BYTES) return undefined;
    return text
      .split(/\r\n|\n|\r/)
      .slice(skipRows)
      .filter((line) => line.trim() !== '' && !(comment !== '' && line.startsWith(comment)));
  } finally {
    await file.close();
  }
}
