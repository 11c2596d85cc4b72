import { checkArguments, pythonArguments, pythonFunction, revive } from '../cluster/python/index.js';
import { calleeOf, own } from '../delayed/function.js';
import { defaultEngine } from '../engine/default.js';
import type { Engine } from '../engine/engine.js';
import { EngineError } from '../engine/errors.js';
import type { ModuleFunction } from '../graph/given-function.js';
import { noteUploads } from '../graph/uploads.js';
import {
  type ComputedIn,
  compute,
  type Lazily,
  type LazyArguments,
  type PassedIn,
  persist,
  replaceLazies,
} from '../lazy/index.js';
import type { Actor } from './actors/actor.js';
import { startActor } from './actors/start.js';
import { Future } from './future.js';
import { futuresOf } from './given.js';
import { checkEngine, checkSubmit, type SubmitOptions } from './options.js';
import { scattered } from './scatter.js';
import { Submitter, settings } from './submitting.js';
import { EngineWork } from './work.js';
import { Staffed } from './workers.js';

/** The values of each argument, for `map`. */
export type LazyLists<A extends readonly unknown[]> = { [K in keyof A]: Iterable<Lazily<A[K]>> };

const GATHERED = own('value', '(value) => value');

/**
 * Submits calls of functions to an engine, which begins them at once. What it returns are futures: handles of results that are
 * computed in the threads and stay with the engine.
 *
 * @example
 * const client = new Client();
 * const inc = (n: number) => n + 1;
 * const a = client.submit(inc, 1);
 * const b = client.submit(inc, a);
 * await client.gather([a, b]); // [ 2, 3 ]
 */
export class Client extends Staffed {
  private readonly options: SubmitOptions;
  private readonly submitter: Submitter;

  /**
   * @param engine default: the process's own, or the one chosen by `useEngine`
   * @throws TypeError where it is no engine, and for an option that there is not
   */
  constructor(engine: Engine = defaultEngine(), options: SubmitOptions = {}) {
    super(checkEngine(engine));
    this.options = checkSubmit(options);
    this.submitter = new Submitter(this.engine, this.options);
  }

  /**
   * The same client, submitting in another way.
   *
   * @example
   * const client = new Client();
   * const limit = 3;
   * await client.with({ captured: { limit }, priority: 1 }).submit((n: number) => Math.min(n, limit), 5); // 3
   */
  with(options: SubmitOptions): Client {
    return new Client(this.engine, { ...this.options, ...options });
  }

  /**
   * Has a function called in a thread, and returns a future of what it returns. Arguments may be lazy at any depth: futures, delayed
   * values, arrays (of which the function gets `{ dtype, shape, data }`). If an input fails, so does the call, with the input's error.
   *
   * @throws UnshippableFunctionError naming what the function uses and nothing provides; TypeError naming the argument that is no plain
   *   data; EngineError where another engine than the client's holds one. What the function throws is the future's.
   * @example
   * const client = new Client();
   * const square = client.submit((n: number) => n * n, 4);
   * square.status; // pending
   * await square; // 16
   */
  submit<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...args: LazyArguments<A>
  ): Future<Awaited<R>>;
  submit<T = unknown>(fn: ModuleFunction, ...args: unknown[]): Future<T>;
  submit(fn: unknown, ...args: unknown[]): Future {
    if (this.options.where === 'main') return this.submitter.here(fn, args);
    return this.submitter.call(calleeOf(fn, this.options.captured), args);
  }

  /**
   * Submits a call for each element of a list, or for each position of several lists, as far as the shortest goes.
   *
   * @throws as `submit`
   * @example
   * const client = new Client();
   * const sums = client.map((a: number, b: number) => a + b, [1, 2, 3], [10, 20, 30]);
   * await client.gather(sums); // [ 11, 22, 33 ]
   */
  map<A extends readonly unknown[], R>(fn: (...args: A) => R, ...lists: LazyLists<A>): Future<Awaited<R>>[];
  map<T = unknown>(fn: ModuleFunction, ...lists: Iterable<unknown>[]): Future<T>[];
  map(fn: unknown, ...lists: readonly Iterable<unknown>[]): Future[] {
    if (this.options.key !== undefined)
      throw new TypeError(
        'map makes many calls, and a key is of one: say by name what their keys begin with',
      );
    if (lists.length === 0) throw new TypeError('map takes a list for each argument of the function');
    const columns = lists.map((list) => [...list]);
    const length = Math.min(...columns.map((column) => column.length));
    const rows = Array.from({ length }, (_, i) => columns.map((column) => column[i]));
    if (this.options.where === 'main') return rows.map((row) => this.submitter.here(fn, row));
    const callee = calleeOf(fn, this.options.captured);
    return rows.map((row) => this.submitter.call(callee, row));
  }

  /**
   * Makes an object of a class in a thread of its own, on a cluster on one of its workers, and returns what calls it: each method as one that returns a promise, each attribute as a promise.
   * The class is sent as functions are, by its text and what it has `captured`, or is one that a module exports. Arguments may be lazy at any depth, those of methods too.
   *
   * What is called begins in the order in which it was; a call costs about a message there and back, and no scheduler knows of it. The object is where it was made as long as its thread, or worker, lives: it
   * is not moved, nor made again. It ends at the end of a block with `using`, or when what this gives is collected.
   *
   * @throws UnshippableFunctionError and TypeError as `submit`; a TaskError with what the constructor threw. What a method throws rejects its promise, as a TaskError; where the actor is
   *   there no more, an ActorLostError does
   * @example
   * class Counter {
   *   constructor(public n: number) {}
   *   increment(by = 1) {
   *     this.n += by;
   *     return this.n;
   *   }
   * }
   * using counter = await new Client().actor(Counter, 1);
   * await counter.increment(); // 2
   * await counter.n; // 2
   */
  actor<A extends readonly unknown[], T extends object>(
    given: new (...args: A) => T,
    ...args: LazyArguments<A>
  ): Promise<Actor<T>>;
  actor<T extends object>(given: ModuleFunction, ...args: unknown[]): Promise<Actor<T>>;
  actor(given: unknown, ...args: unknown[]): Promise<Actor<unknown>> {
    return startActor(this.engine, this.options, given, args);
  }

  /**
   * Has a function of Python called, by name, on a Python worker of the cluster, and returns a future of what it returns.
   *
   * Arguments and results may be plain data, arrays (NumPy's to Python; `{ dtype, shape, data }` here) and frames (pandas' to Python; Arrow
   * tables here). Any other object, such as a model that was fitted, stays on its worker: other calls of Python take its future.
   *
   * @param name `module:function`; the function may be an attribute of something (`sklearn.svm:SVC.fit`)
   * @param args its arguments, as for `submit`; dataframes and Arrow tables too
   * @param kwargs its keyword arguments
   * @throws TypeError for a name of another form, for arguments that are no list and no object, and as `submit`; EngineError where the engine is no cluster. What Python raises is the future's,
   *   as a TaskError with Python's text and traceback, and so is an EngineError where the cluster has no Python worker.
   * @example
   * new Client().python('math:sqrt', [2]); // throws EngineError: python("math:sqrt"): the local engine runs no Python
   */
  python<T = unknown>(
    name: string,
    args: readonly unknown[] = [],
    kwargs: Readonly<Record<string, unknown>> = {},
  ): Future<T> {
    const callee = pythonFunction(name);
    checkArguments(name, args, kwargs);
    if (!this.engine.takesPython)
      throw new EngineError(
        `python(${JSON.stringify(name)}): the local engine runs no Python: connect to a cluster that has Python workers ("dask worker ADDRESS")`,
      );
    const later = (make: () => Promise<unknown>): Future =>
      this.with({ where: 'main' }).submitter.here(make, []);
    return this.submitter.call(callee, pythonArguments([...args, kwargs], later), revive) as Future<T>;
  }

  /**
   * Begins to compute a delayed value, or a structure of lazy values, and returns a future of it.
   *
   * @throws TypeError naming what is no plain data
   * @example
   * const double = delayed((n: number) => 2 * n);
   * await new Client().compute([double(1), double(2)]); // [ 2, 4 ]
   */
  compute<const S>(structure: S): Future<PassedIn<S>> {
    return this.submitter.call(GATHERED, [structure]) as Future<PassedIn<S>>;
  }

  /**
   * The results of futures, in the structure that they are given in, in one pass.
   *
   * @throws the first error of one of them
   * @example
   * const client = new Client();
   * const name = client.submit((text: string) => text.toUpperCase(), 'fig');
   * await client.gather({ name, list: [name, 1] }); // { name: 'FIG', list: [ 'FIG', 1 ] }
   */
  async gather<const S>(structure: S): Promise<ComputedIn<S>> {
    const futures: Future[] = [];
    replaceLazies(structure, (lazy) => {
      if (lazy instanceof Future) futures.push(lazy);
      return lazy;
    });
    await Promise.all(futures.map((future) => future.ready()));
    return compute(structure, { engine: this.engine });
  }

  /**
   * Gives data to the engine, once, for many calls. A typed array lies in memory that the threads share, and is not copied for
   * calls (do not change it); other data are copied to the thread of each call.
   *
   * @throws TypeError where it is no plain data
   * @example
   * const client = new Client();
   * const table = client.scatter(Float64Array.of(1, 2, 3));
   * const at = client.map((data: Float64Array, i: number) => data[i], [table, table], [0, 2]);
   * await client.gather(at); // [ 1, 3 ]
   */
  scatter<T>(data: T): Future<T> {
    const { key, as, node } = scattered(data);
    return new Future(new EngineWork<T>(this.engine, { ...node, key }, {}, () => [], as), this.engine, as);
  }

  /**
   * Lets functions that the engine runs import files of this machine by name: `await import('my-package')` in a function that is sent as text, or
   * `{ module: 'my-package/steps', name }`. Each path is a package: a directory, what `npm pack` made (`.tgz`), or a single `.js`, `.mjs`, `.cjs`,
   * `.json` or `.wasm`, which is called by the whole name of the file (a `.wasm` exports the compiled module by default). A package that is called in
   * its `package.json` has that name, another directory its own. What is uploaded together finds one another.
   *
   * Of directories `node_modules` and names that begin with a dot are left out; links are refused. Files have at most 64 MiB together.
   * On a cluster they are sent once, by the hash of what they are, and each worker takes them when it first needs them, also one that joins later.
   * Keys of functions contain the hash: after another upload of the name they are other work.
   *
   * @returns the names
   * @throws UploadError naming what is missing, too large, of no use or unsafe; EngineError in tasks
   * @example
   * import { mkdtempSync, writeFileSync } from 'node:fs';
   * const file = `${mkdtempSync('/tmp/tilework-')}/steps.mjs`;
   * writeFileSync(file, 'export const half = (n) => n / 2;');
   * const client = new Client();
   * await client.upload(file); // [ 'steps.mjs' ]
   * await client.submit<number>({ module: 'steps.mjs', name: 'half' }, 5); // 2.5
   */
  async upload(...paths: readonly (string | URL)[]): Promise<readonly string[]> {
    const { engine } = this;
    if (engine.upload === undefined)
      throw new EngineError('a task cannot upload: the program that submits it can, by its client');
    const { readUpload } = await import('./upload/index.js');
    const upload = await readUpload(paths);
    await engine.upload(upload);
    noteUploads(Object.fromEntries(upload.names.map((name) => [name, upload.hash])));
    return upload.names;
  }

  /**
   * Computes lazy values and keeps them in the engine; what is returned reads them from there. See `persist`.
   *
   * @throws as `compute`
   * @example
   * const [held] = await new Client().persist([x.add(1)]);
   * await held.sum().compute(); // 21
   */
  persist<const S>(structure: S): ReturnType<typeof persist<S>> {
    return persist(structure, { engine: this.engine, ...settings(this.options) });
  }

  /**
   * Cancels futures: see `Future.cancel`.
   *
   * @example
   * const client = new Client();
   * const futures = client.map((n: number) => new Promise(() => n), [1, 2]);
   * client.cancel(futures);
   * futures.map((future) => future.status); // [ 'cancelled', 'cancelled' ]
   */
  cancel(futures: Iterable<Future> | Future): void {
    for (const future of futuresOf(futures, 'cancel')) future.cancel();
  }

  /**
   * Calls a function once on each of the cluster's Node workers that are there, in a thread of it, and returns what each gave, by its address: to look at
   * workers, or to make something ready there. Of `with` what counts is what functions have captured, and `workers`, which says on which.
   *
   * @throws as `workers` and `submit`; the first error of one of the calls
   * @example
   * await new Client().run(() => process.pid); // throws EngineError: the local engine has no workers
   */
  async run<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    ...args: LazyArguments<A>
  ): Promise<Map<string, Awaited<R>>> {
    const chosen = this.options.workers;
    const workers = (await this.workers()).filter(
      ({ language, name, address }) =>
        language === 'node' && (chosen === undefined || chosen.includes(name) || chosen.includes(address)),
    );
    const calls = workers.map(({ address }) => {
      const only = this.with({ workers: [address], allowOtherWorkers: false, pure: false });
      return [address, only.submit(fn, ...args)] as const;
    });
    return new Map(await Promise.all(calls.map(async ([address, call]) => [address, await call] as const)));
  }

  override toString(): string {
    return `tilework.Client<${this.engine}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
