import type { Database } from '../duck/database.js';
import * as make from '../plan/make.js';
import type { FileSource, NamedType } from '../plan/source.js';
import { sourceSql } from '../sql/source.js';
import { Parameters, quoteName } from '../sql/writer.js';

/** From how many objects DuckDB finds columns, where nothing else is said. */
const SAMPLE_ROWS = 20_480;
/** So few tell which texts are none of times, mostly. */
const FEW_ROWS = 100;
/** Of more files DuckDB finds columns from the first ones only. */
const SAMPLE_FILES = 32;

const WALL = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?`;
const DATE = String.raw`\d{4}-\d\d-\d\d`;
const ZONE = String.raw`(Z|[+-]\d\d(:?\d\d)?)`;

/**
 * Columns of times with their right types. DuckDB takes times that are written in one way only, the others for texts, and of instants ("…+02:00") takes
 * the wall clock: read so, they would lose what is behind it. It takes "12-31-2024" for a date too, which is then read in another way, or not at all. What
 * a source says of its formats holds.
 */
export async function withTimes(
  found: readonly NamedType[],
  source: FileSource,
  sampleRows: number | undefined,
  database: Database,
): Promise<readonly NamedType[]> {
  const { dateformat, timestampformat } = source.options;
  if (timestampformat !== undefined) return found;
  const rows = sampleRows ?? SAMPLE_ROWS;
  const texts = found.filter(([, type]) => type === 'VARCHAR' && source.files.length <= SAMPLE_FILES);
  const few = rows < 0 ? FEW_ROWS : Math.min(rows, FEW_ROWS);
  const maybe = new Map(await looked(texts, source, few, database));
  const times = found.filter(([name, type]) => type === 'DATE' || TIMES.test(type) || maybe.get(name)?.times);
  const seen = new Map(await looked(times, source, rows, database));
  return found.map(([name, type]) => {
    const { times = false, zones = false, dates = true } = seen.get(name) ?? {};
    if (type === 'DATE') return [name, dates || dateformat !== undefined ? type : 'VARCHAR'];
    if (type === 'VARCHAR') return [name, times ? (zones ? INSTANT : 'TIMESTAMP') : type];
    return [name, zones ? type.replace(EACH_TIME, INSTANT) : type];
  });
}

const INSTANT = 'TIMESTAMP WITH TIME ZONE';
/** The type, and no field that is called so. */
const TIMES = /(?<![\w"])TIMESTAMP(?=$|[,)[])/;
const EACH_TIME = new RegExp(TIMES, 'g');

interface Look {
  /** Whether there are values, and all of them are times. */
  readonly times: boolean;
  /** Whether all values are dates as ISO 8601 has them. */
  readonly dates: boolean;
  /** Whether some say where on Earth, or that they are of UTC. */
  readonly zones: boolean;
}

/** What the texts of some columns are in the first objects of each file. */
async function looked(
  columns: readonly NamedType[],
  source: FileSource,
  rows: number,
  database: Database,
): Promise<readonly (readonly [name: string, look: Look])[]> {
  if (columns.length === 0) return [];
  const plain = ([, type]: NamedType): boolean => ['VARCHAR', 'TIMESTAMP', 'DATE'].includes(type);
  const names = columns.map(([name]) => name);
  const read = columns.map((column): NamedType => [column[0], plain(column) ? 'VARCHAR' : 'JSON']);
  const options = {
    ...source.options,
    columns: read,
    filename: false,
    hive_partitioning: false,
    ignore_errors: true,
  };
  const parameters = new Parameters();
  const samples = source.files.slice(0, SAMPLE_FILES).map((file) => {
    const scan = make.scan({ ...source, files: [file], options }, names);
    const limit = rows < 0 ? '' : ` LIMIT ${rows}`;
    return `(SELECT * FROM ${sourceSql(scan, parameters, { table: () => '' })}${limit})`;
  });
  const looks = columns.flatMap((column) => {
    const text = quoteName(column[0]);
    const all = (pattern: string): string =>
      `coalesce(bool_and(regexp_full_match(${text}, '${pattern}')), false)`;
    const some = (pattern: string): string =>
      `coalesce(bool_or(regexp_matches(CAST(${text} AS VARCHAR), '${pattern}')), false)`;
    return plain(column)
      ? [all(`${WALL}${ZONE}?`), some(`^${WALL}${ZONE}$`), all(DATE)]
      : ['false', some(`"${WALL}${ZONE}"`), 'false'];
  });
  const sql = `SELECT ${looks.join(', ')} FROM (${samples.join(' UNION ALL ')})`;
  for await (const { columns: found } of database.batches({ sql, values: parameters.values }))
    return names.map((name, i) => {
      const [times, zones, dates] = found.slice(3 * i, 3 * i + 3).map(({ values }) => Boolean(values[0]));
      return [name, { times: times!, zones: zones!, dates: dates! }];
    });
  return [];
}
