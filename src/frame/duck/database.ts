import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { defaultEngine, localEngine } from '../../engine/default.js';
import { atExit } from '../../engine/disk/cleanup.js';
import { makeSpillDirectory, removeSpillDirectory } from '../../engine/disk/spill-directory.js';
import type { Engine } from '../../engine/engine.js';
import { EngineError } from '../../engine/errors.js';
import { LocalEngine } from '../../engine/index.js';
import { collectGarbage } from '../../engine/memory/collect.js';
import { isDistributed } from '../engines.js';
import { FrameError } from '../errors.js';
import type { Batch } from '../result/column.js';
import { macroStatements } from '../sql/macros.js';
import type { Bound, Statement } from '../sql/writer.js';
import type { ColumnTypes, Schema } from '../types.js';
import { BATCH_ROWS, BatchBuilder } from './chunks.js';
import { translated } from './errors.js';
import { duckdb } from './library.js';
import { duckLimit, FLUSH_BYTES, rowsHeldBack, threadsWithin } from './memory.js';
import { type QueryOptions, Session } from './session.js';
import { storedType } from './stored.js';
import { columnType, isWide } from './types.js';

export type { QueryOptions } from './session.js';

export interface Description {
  /** Names of columns in their order, which objects do not keep where names are such as "2024". */
  readonly names: readonly string[];
  readonly schema: Schema;
  /** Columns of integers of 128 bits. */
  readonly wide: readonly string[];
  /** Types as DuckDB names them, … */
  readonly types: ColumnTypes;
  /** … and what columns are to be in a file of Parquet. */
  readonly stored: ColumnTypes;
}

/** The limit follows the arenas of arrays in steps: to change it costs. */
const STEP = 2 ** 26;
/**
 * Above this share of the engine's limit DuckDB gives back what is free before every query: without it a sort in 24 partitions within 512 MB took
 * 680 MB, with it 404.
 */
const FULL = 0.4;
/**
 * Above this share all garbage is collected between batches, each time that so many were taken: those that were in use when the young was collected have grown old,
 * and V8 sees no reason to hurry.
 */
const CROWDED = 0.7;
/** When no query has run for so long, in milliseconds, it gives back what is free too: arrays may want it. */
const IDLE_MS = 100;
const BATCHES_BETWEEN = 2;
/** What DuckDB says of the result of a statement that failed (`ResultType.INVALID`). */
const FAILED = 0;

const databases = new WeakMap<LocalEngine, Database>();

/** A DuckDB in this process, with the threads, the memory limit and the spill directory of an engine. */
export class Database {
  private opened: Promise<DuckDBInstance> | undefined;
  private directory: string | undefined;
  /** What DuckDB was told that it may count. */
  private limit: number | undefined;
  private forget: (() => void) | undefined;
  private readonly sessions = new Set<Session>();
  /** Connections that are being made. */
  private readonly connecting = new Set<Promise<DuckDBConnection>>();
  private ended = false;
  /** Fires when no query has run for a while. */
  private idle: NodeJS.Timeout | undefined;

  private constructor(readonly engine: LocalEngine) {
    engine.onDispose(() => this.end());
  }

  /** The database of an engine; there is one for each. Of an engine that computes frames elsewhere it is this process's own: it looks at files, and reads results. */
  static of(given: Engine = defaultEngine()): Database {
    const engine = isDistributed(given) ? localEngine() : given;
    if (!(engine instanceof LocalEngine))
      throw new TypeError(
        'frames are computed by a LocalEngine or a ClusterEngine; the engine given is another',
      );
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

  /** How many statements may run at once: fewer where memory is short. */
  get atOnce(): number {
    return threadsWithin(2, this.memoryLimit());
  }

  /** What DuckDB may count, in bytes; 0 before it was opened. */
  get mayHold(): number {
    return this.opened === undefined ? 0 : (this.limit ?? this.memoryLimit());
  }

  /** Has DuckDB give back what is free, where memory is short. */
  async giveBack(): Promise<void> {
    if (this.opened !== undefined && !this.ended) await this.connected({}, async () => {});
  }

  /** What DuckDB may count beside the arenas of arrays and the engine's threads, of which the first starts with it. */
  private memoryLimit(): number {
    const { memory, threads } = this.engine.stats();
    const touched = Math.ceil(memory.touched / STEP) * STEP;
    return duckLimit(this.engine.settings.memoryLimit, touched, Math.max(1, threads.running));
  }

  /** Where files of this process go that nobody needs after it. */
  scratch(): string {
    if (this.directory === undefined) {
      const directory = makeSpillDirectory(this.engine.settings.spillDirectory);
      this.directory = directory;
      this.forget = atExit(() => removeSpillDirectory(directory));
    }
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
        names,
        schema: Object.fromEntries(names.map((name, i) => [name, columnType(types[i]!)])),
        wide: names.filter((_, i) => isWide(types[i]!)),
        types: Object.fromEntries(names.map((name, i) => [name, types[i]!.toString()])),
        stored: Object.fromEntries(names.map((name, i) => [name, storedType(types[i]!)])),
      };
    });
  }

  /**
   * Runs a statement for what it does.
   *
   * @param heldBack how many rows a thread collects that writes files by parts; default: as much as there is memory for
   */
  async execute(statement: Statement, options: QueryOptions = {}, heldBack?: number): Promise<void> {
    await this.connected(options, async (connection) => {
      if (heldBack !== undefined) await connection.run(`SET partitioned_write_flush_threshold = ${heldBack}`);
      await connection.run(statement.sql, await bind(statement.values));
    });
  }

  /** The rows of a statement, a batch at a time; no further ones are made before a batch is taken. */
  async *batches(statement: Statement, options: QueryOptions = {}): AsyncGenerator<Batch, void, void> {
    const session = await this.session(options);
    try {
      const values = await bind(statement.values);
      const result = await session.doing((connection) => connection.stream(statement.sql, values));
      const builder = new BatchBuilder(result.columnNames(), result.columnTypes());
      const fetch = (): ReturnType<typeof result.fetchChunk> => session.doing(() => result.fetchChunk());
      let given = 0;
      for (let chunk = await fetch(); chunk && chunk.rowCount > 0; chunk = await fetch()) {
        builder.add(chunk);
        if (builder.length < BATCH_ROWS) continue;
        given += 1;
        const batch = builder.take();
        // Chunks are freed with the objects that hold them. Without this 32 million rows of three numbers took 570 MB at their peak; with it 103,
        // and a quarter less time.
        collectGarbage(given % BATCHES_BETWEEN === 0 && this.isFilled(CROWDED) ? 'all' : 'young');
        yield batch;
      }
      // A stream whose query fails, or is interrupted, just ends: that is all that DuckDB's package tells of it.
      if (result.returnType === FAILED) {
        options.signal?.throwIfAborted();
        throw await this.whyFailed(statement, options);
      }
      if (builder.length > 0 || given === 0) yield builder.take();
    } catch (error) {
      throw this.failure(error, options);
    } finally {
      session.close();
    }
  }

  /** Does something with a connection of its own. */
  async connected<T>(options: QueryOptions, use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const session = await this.session(options);
    try {
      return await session.doing(use);
    } catch (error) {
      throw this.failure(error, options);
    } finally {
      session.close();
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
    if (signal?.aborted && error === signal.reason) return error;
    return error instanceof EngineError ? error : translated(error, this.engine.settings.memoryLimit);
  }

  /** Interrupts what runs, and removes every file. */
  private async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.idle);
    databases.delete(this.engine);
    await Promise.all([...this.sessions].map((session) => session.end(disposed())));
    // A thread connects: to close what it connects to meanwhile would end the process.
    await Promise.allSettled(this.connecting);
    const instance = await this.opened?.catch(() => undefined);
    instance?.closeSync();
    this.forget?.();
    if (this.directory !== undefined) removeSpillDirectory(this.directory);
  }

  private async session(options: QueryOptions): Promise<Session> {
    options.signal?.throwIfAborted();
    if (this.ended) throw disposed();
    const alone = this.engine.shareMemory();
    const connection = await this.connection().catch((error: unknown) => {
      alone();
      throw this.ended ? disposed() : error;
    });
    if (this.ended) {
      alone();
      connection.closeSync();
      throw disposed();
    }
    const session = new Session(connection, options, (closed) => {
      alone();
      this.sessions.delete(closed);
      if (this.sessions.size === 0 && !this.ended) this.rest();
    });
    clearTimeout(this.idle);
    this.sessions.add(session);
    return session;
  }

  /** Has what is free given back when nothing has run for a while, where there is much of it. */
  private rest(): void {
    clearTimeout(this.idle);
    if (!this.isFilled(FULL)) return;
    this.idle = setTimeout(() => {
      // To connect gives back what is free.
      if (this.sessions.size > 0 || this.ended) return;
      this.connection().then(
        (connection) => connection.closeSync(),
        () => {},
      );
    }, IDLE_MS).unref();
  }

  /** A connection, of which `end` knows while it is made. */
  private connection(): Promise<DuckDBConnection> {
    const connecting = this.connect();
    this.connecting.add(connecting);
    const made = (): void => void this.connecting.delete(connecting);
    connecting.then(made, made);
    return connecting;
  }

  private async connect(): Promise<DuckDBConnection> {
    this.opened ??= this.open();
    const instance = await this.opened.catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    const connection = await instance.connect();
    const limit = this.memoryLimit();
    if (limit !== this.limit || this.isFilled(FULL)) {
      // Not for each connection: to set the limit makes DuckDB give all its free memory back to the system, as is wanted where there is little.
      this.limit = limit;
      await connection.run(`SET memory_limit = '${limit}B'`).catch(() => {
        // More is in use now than the new limit allows: the former one stays, and is tried again.
        this.limit = undefined;
      });
    }
    return connection;
  }

  /** Whether the process takes more than a share of the engine's limit. */
  private isFilled(share: number): boolean {
    return process.memoryUsage.rss() > share * this.engine.settings.memoryLimit;
  }

  private async open(): Promise<DuckDBInstance> {
    const { DuckDBInstance } = await duckdb();
    const { threads } = this.engine.settings;
    const extensions = process.env.TILEWORK_DUCKDB_EXTENSIONS;
    this.limit = this.memoryLimit();
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threadsWithin(threads, this.limit)),
      memory_limit: `${this.limit}B`,
      temp_directory: this.scratch(),
      // What was freed goes back to the system soon, and what waits to be written in parts is not much of the memory.
      allocator_flush_threshold: `${FLUSH_BYTES}B`,
      allocator_bulk_deallocation_flush_threshold: `${FLUSH_BYTES}B`,
      partitioned_write_flush_threshold: String(rowsHeldBack(this.limit)),
      ...(extensions && { extension_directory: extensions }),
      // Joins by what is before or between compare each row with each where DuckDB takes them for few, and it takes those of a CSV file whose columns it is told for one.
      asof_loop_join_threshold: '0',
      nested_loop_join_threshold: '0',
      merge_join_threshold: '0',
      // The system keeps what was read of files. DuckDB's copies stay after the files are gone: exchanges of 128 parts had a worker take 80 MB more.
      enable_external_file_cache: 'false',
      // Nothing is fetched or loaded behind the user's back.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    // Up to DuckDB 1.5.5 it fails ("Type mismatch for SET OPERATION") where the same first rows of groups are in several unions. What a plan reads twice is shared anyway.
    await connection.run("SET disabled_optimizers = 'common_subplan'");
    for (const statement of macroStatements()) await connection.run(statement);
    connection.closeSync();
    return instance;
  }
}

const disposed = (): EngineError => new EngineError('the engine was disposed of');

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
