import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type * as Arrow from 'apache-arrow';
import { checkChoice, checkOptions } from '../../engine/known-options.js';
import { failure } from '../../io/failure.js';
import { batchesOf } from '../compute/index.js';
import { Database } from '../duck/database.js';
import { FileError } from '../errors.js';
import { filesOf } from '../files/files.js';
import { writeTo } from '../files/target.js';
import type { DataFrame } from '../frame.js';
import { checkFrameOptions, type FrameOptions } from '../options.js';
import type { PlanNode } from '../plan/node.js';
import { arrow, arrowBatches } from '../result/arrow.js';
import type { Batch } from '../result/column.js';
import { batchOfArrow, emptyOfArrow } from '../result/from-arrow.js';
import type { AnySchema, Schema } from '../types.js';
import { setCodecs } from './ipc-codecs.js';
import { checkSame } from './parquet.js';
import { frameOfBatches } from './pieces.js';
import { frameOf } from './rows.js';
import type { WriteOptions } from './write.js';

/** The frame of `fromArrow`. */
export async function arrowTableFrame<S extends Schema = AnySchema>(
  table: Arrow.Table,
): Promise<DataFrame<S>> {
  return frameOf(batchOfArrow(await arrow(), table));
}

/** How an Arrow file is read. */
export interface ArrowOptions extends Pick<FrameOptions, 'engine' | 'signal'> {}

/** The frame of `readArrow`. */
export async function arrowFrame<S extends Schema = AnySchema>(
  paths: string | readonly string[],
  options: ArrowOptions = {},
): Promise<DataFrame<S>> {
  checkOptions('readArrow', options, ['engine', 'signal']);
  const database = Database.of(options.engine);
  const files = await filesOf('readArrow', paths, ['.arrow', '.feather', '.arrows', '.ipc'], database);
  const lib = await arrow();
  setCodecs(lib);
  let first: readonly [string, ReadonlyMap<string, string>] | undefined;
  let empty: Batch = { rows: 0, columns: [] };
  async function* batches(): AsyncGenerator<Batch, void, void> {
    for (const { path } of files)
      yield* batchesOfFile(lib, path, (schema) => {
        const found = [path, new Map(schema.fields.map(({ name, type }) => [name, String(type)]))] as const;
        if (first) return checkSame(first, found);
        first = found;
        empty = emptyOfArrow(lib, schema);
      });
  }
  return frameOfBatches(batches(), () => empty, database, options.signal);
}

async function* batchesOfFile(
  lib: typeof Arrow,
  path: string,
  check: (schema: Arrow.Schema) => void,
): AsyncGenerator<Batch, void, void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0) throw new Error('it is empty');
    const reader = await lib.RecordBatchReader.from(file);
    await reader.open();
    if (!reader.schema) throw new Error('it has no schema');
    check(reader.schema);
    for await (const batch of reader as AsyncIterable<Arrow.RecordBatch>) yield batchOfArrow(lib, batch);
  } catch (cause) {
    if (
      cause instanceof FileError ||
      (cause instanceof TypeError && /has no place in a frame/.test(cause.message))
    )
      throw cause;
    // What the library stumbles over says nothing of the file.
    const why = (cause as Error).name === 'Error' ? `: ${(cause as Error).message}` : '';
    throw new FileError(
      `${path} is no Arrow IPC file or stream, or was cut short${why}; get the whole file again`,
      path,
      undefined,
      undefined,
      { cause },
    );
  } finally {
    await file.close().catch(() => {
      // The reader has closed it.
    });
  }
}

/** How a frame is written as Arrow, and computed. */
export interface ArrowWriteOptions extends WriteOptions {
  /** A file, which readers can seek in (the default; Feather is the same), or a stream. */
  readonly format?: 'file' | 'stream';
}

/** Writes the rows of a plan as Arrow IPC, a batch at a time. */
export async function writeArrow(plan: PlanNode, path: string, options: ArrowWriteOptions): Promise<void> {
  checkFrameOptions('toArrow', options, ['overwrite', 'format']);
  checkChoice('toArrow', 'format', options.format, ['file', 'stream']);
  const lib = await arrow();
  await writeTo(path, { overwrite: options.overwrite ?? false }, async (partial) => {
    const writer =
      options.format === 'stream' ? new lib.RecordBatchStreamWriter() : new lib.RecordBatchFileWriter();
    const file = await open(partial, 'w');
    try {
      const put = (bytes: Uint8Array): Promise<void> =>
        file.writeFile(bytes).catch((error: unknown) => {
          throw failure('write', partial, error);
        });
      const pieces = writer[Symbol.asyncIterator]();
      let next = pieces.next();
      // The writer takes whatever it is given: what it made of a batch is on the disk before it is given another.
      const drain = async (): Promise<void> => {
        for (;;) {
          const piece = await Promise.race([next, setImmediate(undefined)]);
          if (piece === undefined || piece.done) return;
          await put(piece.value);
          next = pieces.next();
        }
      };
      for await (const batch of arrowBatches(batchesOf(plan, options))) {
        writer.write(batch);
        await drain();
      }
      writer.finish();
      for (let piece = await next; !piece.done; piece = await pieces.next()) await put(piece.value);
    } finally {
      await file.close();
    }
  });
}
