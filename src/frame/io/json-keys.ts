import type { Database } from '../duck/database.js';
import { FileError } from '../errors.js';
import * as make from '../plan/make.js';
import type { FileInfo, FileSource } from '../plan/source.js';
import { onlyInCase, sameName } from '../same-name.js';
import { sourceSql } from '../sql/source.js';
import { Parameters } from '../sql/writer.js';

/** From how many objects DuckDB finds columns, where nothing else is said. */
const SAMPLE_ROWS = 20_480;

/** What `json_group_structure` says of values: the keys of objects, the type of elements, or a type's name. */
type Structure = string | readonly Structure[] | { readonly [key: string]: Structure };

/**
 * Whether one of these columns may be a key that DuckDB found only under another name, since it does not tell it from another key: `A` beside
 * `a` becomes `A_1`, in which there is nothing.
 */
export function mayBeRenamed(names: readonly string[]): boolean {
  return names.some((name) => {
    const before = /^(.+)_\d+$/s.exec(name)?.[1];
    return before !== undefined && !names.includes(before) && sameName([...names, before]) !== undefined;
  });
}

/**
 * Throws a FileError where the first objects of some files have keys that DuckDB takes for one: it would read one of them, and lose the other.
 *
 * @param nested whether objects within objects are looked at too: what is read as a map may have such keys
 */
export async function refuseSameKeys(
  source: FileSource,
  sampleRows: number | undefined,
  database: Database,
  nested: boolean,
): Promise<void> {
  const structure = await structureOf(source, sampleRows, database);
  const found = sameKeys(structure, nested, []);
  if (found === undefined) return;
  const [{ path }] = source.files as [FileInfo];
  const inner = found.path.length > 0;
  const differ = onlyInCase(
    found.keys,
    inner ? `of objects in ${JSON.stringify(found.path.join('.'))} differ` : 'differ',
  );
  const remedy = inner ? `, ${JSON.stringify(found.path[0])} as 'string'` : '';
  throw new FileError(
    `readJson: in ${pathsText(source)} the keys ${differ}; say by schema which columns to read${remedy}`,
    path,
  );
}

/** The files of a source, as errors name them. */
export const pathsText = ({ files }: FileSource): string =>
  `${files[0]!.path}${files.length > 1 ? `, or another of ${files.length} files,` : ''}`;

/** The keys of the first objects of each file, and of objects within them, in one. */
async function structureOf(
  source: FileSource,
  sampleRows = SAMPLE_ROWS,
  database: Database,
): Promise<Structure> {
  const parameters = new Parameters();
  const options = {
    ...source.options,
    columns: [['json', 'JSON']] as const,
    records: false,
    filename: false,
    hive_partitioning: false,
  };
  const limit = sampleRows < 0 ? '' : ` LIMIT ${sampleRows}`;
  const samples = source.files.map((file) => {
    const scan = make.scan({ ...source, files: [file], options }, ['json']);
    return `(SELECT json FROM ${sourceSql(scan, parameters, { table: () => '' })}${limit})`;
  });
  const sql = `SELECT json_group_structure(json) FROM (${samples.join(' UNION ALL ')})`;
  for await (const { columns } of database.batches({ sql, values: parameters.values }))
    return JSON.parse(columns[0]!.values[0] as string) as Structure;
  return {};
}

interface SameKeys {
  /** Where the objects are that have them. */
  readonly path: readonly string[];
  readonly keys: readonly [string, string];
}

function sameKeys(structure: Structure, nested: boolean, path: readonly string[]): SameKeys | undefined {
  if (typeof structure === 'string') return undefined;
  if (isList(structure)) return sameKeys(structure[0]!, nested, path);
  const keys = sameName(Object.keys(structure));
  if (keys) return { path, keys };
  if (!nested) return undefined;
  for (const [key, inner] of Object.entries(structure)) {
    const found = sameKeys(inner, nested, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

const isList = (structure: Structure): structure is readonly Structure[] => Array.isArray(structure);
