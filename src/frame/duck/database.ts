import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { defaultEngine } from '../../engine/default.js';
import { makeSpillDirectory } from '../../engine/disk/spill-directory.js';
import type { Engine } from '../../engine/engine.js';
import { LocalEngine } from '../../engine/index.js';
import { FrameError } from '../errors.js';
import type { Batch } from '../result/column.js';
import { macroStatements } from '../sql/macros.js';
import type { Bound, Statement } from '../sql/writer.js';
import type { Schema } from '../types.js';
import { BATCH_ROWS, BatchBuilder } from './chunks.js';
import { translated } from './errors.js';
import { duckdb } from './library.js';
import { duckLimit } from './memory.js';
import { storedType } from './stored.js';
import { columnType, isWide } from './types.js';

export interface QueryOptions {
  readonly signal?: AbortSignal;
  /** Share of the query that is done, from 0 to 1, now and then. */
  readonly onProgress?: (share: number) => void;
}

export interface Description {
  readonly schema: Schema;
  /** Columns of integers of 128 bits. */
  readonly wide: readonly string[];
  /** Types as DuckDB names them, … */
  readonly types: ColumnTypes;
  /** … and what columns are to be in a file of Parquet. */
  readonly stored: ColumnTypes;
}

/** Names of columns and their types as DuckDB names them. */
export type ColumnTypes = Readonly<Record<string, string>>;

/** What DuckDB says of the result of a statement that failed (`ResultType.INVALID`). */
const FAILED = 0;

const databases = new WeakMap<LocalEngine, Database>();

/** A DuckDB in this process, with the threads, the memory limit and the spill directory of an engine. */
export class Database {
  private opened: Promise<DuckDBInstance> | undefined;
  private directory: string | undefined;
  /** What DuckDB was told that it may count. */
  private limit: number | undefined;

  private constructor(private readonly engine: LocalEngine) {}

  /** The database of an engine; there is one for each. */
  static of(engine: Engine = defaultEngine()): Database {
    if (!(engine instanceof LocalEngine))
      throw new TypeError('frames are computed by a LocalEngine; the engine given is another');
    let database = databases.get(engine);
    if (!database) {
      database = new Database(engine);
      databases.set(engine, database);
    }
    return database;
  }

  get threads(): number {
    return this.engine.settings.threads;
  }

  /** Where files of this process go that nobody needs after it. */
  scratch(): string {
    this.directory ??= makeSpillDirectory(this.engine.settings.spillDirectory);
    return this.directory;
  }

  /** What a statement yields, without running it. */
  async describe(statement: Statement, options: QueryOptions = {}): Promise<Description> {
    return this.connected(options, async (connection) => {
      // Types of a statement with parameters are known once it is bound: no row is asked for.
      const none = await connection.run(
        `SELECT * FROM (${statement.sql}) AS d LIMIT 0`,
        await bind(statement.values),
      );
      const types = none.columnTypes();
      const names = none.columnNames();
      return {
        schema: Object.fromEntries(names.map((name, i) => [name, columnType(types[i]!)])),
        wide: names.filter((_, i) => isWide(types[i]!)),
        types: Object.fromEntries(names.map((name, i) => [name, types[i]!.toString()])),
        stored: Object.fromEntries(names.map((name, i) => [name, storedType(types[i]!)])),
      };
    });
  }

  /** Runs a statement for what it does. */
  async execute(statement: Statement, options: QueryOptions = {}): Promise<void> {
    await this.connected(options, async (connection) => {
      await connection.run(statement.sql, await bind(statement.values));
    });
  }

  /** The rows of a statement, a batch at a time; no further ones are made before a batch is taken. */
  async *batches(statement: Statement, options: QueryOptions = {}): AsyncGenerator<Batch, void, void> {
    const connection = await this.connect();
    const watch = new Watch(connection, options);
    try {
      options.signal?.throwIfAborted();
      const result = await connection.stream(statement.sql, await bind(statement.values));
      const builder = new BatchBuilder(result.columnNames(), result.columnTypes());
      let given = false;
      for (
        let chunk = await result.fetchChunk();
        chunk && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        builder.add(chunk);
        if (builder.length < BATCH_ROWS) continue;
        given = true;
        yield builder.take();
      }
      // A stream whose query fails, or is interrupted, just ends: that is all that DuckDB's package tells of it.
      if (result.returnType === FAILED) {
        options.signal?.throwIfAborted();
        throw await this.whyFailed(statement, options);
      }
      if (builder.length > 0 || !given) yield builder.take();
    } catch (error) {
      throw this.failure(error, options);
    } finally {
      watch.stop();
      connection.closeSync();
    }
  }

  /** Does something with a connection of its own. */
  async connected<T>(options: QueryOptions, use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    const connection = await this.connect();
    const watch = new Watch(connection, options);
    try {
      return await use(connection);
    } catch (error) {
      throw this.failure(error, options);
    } finally {
      watch.stop();
      connection.closeSync();
    }
  }

  /** The error of a statement that failed behind its first rows: it is run again, and its rows go nowhere. */
  private async whyFailed({ sql, values }: Statement, { signal }: QueryOptions): Promise<unknown> {
    const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null';
    const again = { sql: `COPY (${sql}) TO '${nowhere}' (FORMAT csv)`, values };
    return this.execute(again, signal ? { signal } : {}).then(
      () =>
        new FrameError(
          'the computation failed behind its first rows, and not when it was run again: memory may have been short',
        ),
      (error: unknown) => error,
    );
  }

  private failure(error: unknown, { signal }: QueryOptions): unknown {
    return signal?.aborted ? signal.reason : translated(error, this.engine.settings.memoryLimit);
  }

  private async connect(): Promise<DuckDBConnection> {
    this.opened ??= this.open();
    const instance = await this.opened.catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    const connection = await instance.connect();
    const limit = duckLimit(this.engine.settings.memoryLimit);
    if (limit !== this.limit) {
      // Not for each connection: to set the limit makes DuckDB give all its free memory back to the system.
      this.limit = limit;
      await connection.run(`SET memory_limit = '${limit}B'`).catch(() => {
        // More is in use now than the new limit allows: the former one stays, and is tried again.
        this.limit = undefined;
      });
    }
    return connection;
  }

  private async open(): Promise<DuckDBInstance> {
    const { DuckDBInstance } = await duckdb();
    const { memoryLimit, threads } = this.engine.settings;
    this.limit = duckLimit(memoryLimit);
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${this.limit}B`,
      temp_directory: this.scratch(),
      // Nothing is fetched or loaded behind the user's back.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    for (const statement of macroStatements()) await connection.run(statement);
    connection.closeSync();
    return instance;
  }
}

/** Interrupts a connection's query when a signal says so, and tells how far it is. */
class Watch {
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly abort: () => void;

  constructor(
    connection: DuckDBConnection,
    private readonly options: QueryOptions,
  ) {
    this.abort = () => connection.interrupt();
    options.signal?.addEventListener('abort', this.abort, { once: true });
    const { onProgress } = options;
    if (onProgress)
      this.timer = setInterval(() => {
        const { percentage } = connection.progress;
        if (percentage >= 0) onProgress(Math.min(1, percentage / 100));
      }, 100);
  }

  stop(): void {
    this.options.signal?.removeEventListener('abort', this.abort);
    clearInterval(this.timer);
  }
}

/** Values as DuckDB takes them for parameters. */
export async function bind(values: readonly Bound[]): Promise<DuckDBValue[]> {
  if (values.length === 0) return [];
  const { DuckDBBlobValue, listValue } = await duckdb();
  return values.map((value): DuckDBValue => {
    if (value instanceof Uint8Array) return new DuckDBBlobValue(value);
    if (Array.isArray(value)) return listValue([...value] as string[]);
    return value as DuckDBValue;
  });
}
