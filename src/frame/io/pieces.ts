import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../duck/database.js';
import { appendBatches, createTable } from '../duck/tables.js';
import type { DataFrame } from '../frame.js';
import type { FileInfo } from '../plan/source.js';
import type { Batch } from '../result/column.js';
import { quoteName } from '../sql/writer.js';
import type { Schema } from '../types.js';
import { scanOf } from './scan.js';

/** Rows that are put into a file of their own; what is at once in memory is about as much. */
const PIECE_ROWS = 524_288;
const PIECE_BYTES = 64 * 2 ** 20;

/**
 * A frame of batches that come one after another: they are written to temporary Parquet files of the process's own, some at a time, so that memory
 * does not grow with them. Without any batch the frame has the columns of `empty`.
 */
export async function frameOfBatches<S extends Schema>(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  empty: () => Batch,
  database: Database,
  signal?: AbortSignal,
): Promise<DataFrame<S>> {
  const directory = join(database.scratch(), `rows-${randomBytes(6).toString('hex')}`);
  mkdirSync(directory);
  const files: FileInfo[] = [];
  try {
    let held: Batch[] = [];
    let [rows, bytes] = [0, 0];
    const flush = async (): Promise<void> => {
      const path = join(directory, `part-${String(files.length).padStart(6, '0')}.parquet`);
      await writePiece(database, held, path);
      const { size, mtimeMs } = statSync(path);
      files.push({ path, bytes: size, modified: mtimeMs, rows });
      held = [];
      [rows, bytes] = [0, 0];
    };
    for await (const batch of batches) {
      signal?.throwIfAborted();
      held.push(batch);
      rows += batch.rows;
      bytes += sizeOf(batch);
      if (rows >= PIECE_ROWS || bytes >= PIECE_BYTES) await flush();
    }
    if (files.length === 0 && held.length === 0) held.push(empty());
    if (held.length > 0) await flush();
    const options = { hive_partitioning: false };
    return await scanOf<S>({ from: 'files', format: 'parquet', files, options, schema: {} }, database);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function writePiece(database: Database, batches: readonly Batch[], path: string): Promise<void> {
  const table = `piece_${randomBytes(6).toString('hex')}`;
  await database.connected({}, async (connection) => {
    await createTable(connection, table, batches[0]!);
    try {
      await appendBatches(connection, table, batches);
      await connection.run(`COPY ${quoteName(table)} TO $1 (FORMAT parquet, USE_TMP_FILE false)`, [path]);
    } finally {
      await connection.run(`DROP TABLE ${quoteName(table)}`);
    }
  });
}

/** About how many bytes a batch takes. */
const sizeOf = ({ columns }: Batch): number =>
  columns.reduce(
    (sum, { values }) => sum + (ArrayBuffer.isView(values) ? values.byteLength : values.length * 32),
    0,
  );
