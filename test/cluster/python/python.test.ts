/** Functions of Python on Python workers, beside Node workers, on a real scheduler. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Table, tableFromArrays } from 'apache-arrow';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { arange, asarray, type NDArray } from '../../../src/array/index.js';
import { type ClusterEngine, connect } from '../../../src/cluster/client/index.js';
import { EngineError, TaskError } from '../../../src/engine/errors.js';
import { fromColumns } from '../../../src/frame/index.js';
import { Client } from '../../../src/futures/index.js';
import { DTYPES, viewOf } from '../../../src/kernels/dtype.js';
import { describeWithDask, type Process, startPythonWorker, startScheduler } from '../support/scheduler.js';
import { startWorker } from '../worker/support/process.js';

await describeWithDask(
  'Python beside Node',
  (python) => {
    let scheduler: Process;
    let other: Process;
    let engine: ClusterEngine;
    let client: Client;
    /** An expression of Python, with variables. */
    const py = <T>(source: string, names: Readonly<Record<string, unknown>> = {}) =>
      client.python<T>('builtins:eval', [`__import__('numpy') and ${source}`, { ...names }]);
    const np = <T>(source: string) => py<T>(source.replaceAll('np.', "__import__('numpy')."));

    beforeAll(async () => {
      scheduler = await startScheduler(python);
      engine = await connect(scheduler.address);
      client = new Client(engine);
      other = await startPythonWorker(python, scheduler.address);
      return () => engine.dispose();
    });
    beforeEach(async () => {
      await startWorker(scheduler.address);
    });

    test('plain values go there and come back', async () => {
      const values = {
        list: [1, -0, 0.5, 'ä', null, true, [], {}],
        large: [2n ** 53n + 1n, -(2n ** 100n), 2 ** 53],
        map: new Map<unknown, unknown>([
          [1, 'one'],
          ['two', 2],
        ]),
        set: new Set([1, 2]),
        date: new Date(Date.UTC(2026, 1, 3, 4, 5, 6, 789)),
        lone: '\ud800',
        bytes: Uint8Array.of(1, 2, 255),
        $like: { dtype: 'none', shape: 1 },
      };
      expect(await client.python('copy:deepcopy', [values])).toEqual(values);
      expect(await client.python('copy:deepcopy', [{ nothing: undefined }])).toEqual({ nothing: null });
      expect(await client.python('builtins:dict', [], { a: 1, b: [2] })).toEqual({ a: 1, b: [2] });
      const ten = await client.python<number[]>('builtins:list', [
        Array.from({ length: 10_000 }, (_, i) => i),
      ]);
      expect(ten[9999]).toBe(9999);
      expect(
        await np('(np.float64(1.5), np.int64(7), np.bool_(True), np.uint64(2**63), (1, 2), {1: "x"})'),
      ).toEqual([1.5, 7, true, 2n ** 63n, [1, 2], new Map([[1, 'x']])]);
    });

    test('arrays of every dtype and memory order', async () => {
      for (const dtype of DTYPES) {
        const there = await py<unknown[]>('(x.dtype.name, x.shape, x.tolist(), x.flags.writeable)', {
          x: arange(6, { chunks: 2 }).reshape([2, 3]).astype(dtype),
        });
        const shown = dtype === 'bool' ? [false, true, true] : [0, 1, 2];
        const second = dtype === 'bool' ? [true, true, true] : [3, 4, 5];
        expect(there, dtype).toEqual([dtype, [2, 3], [shown, second], true]);
        const made = `np.arange(6).reshape(2, 3).astype("${dtype}")`;
        const back = {
          dtype,
          shape: [2, 3],
          data: ((await arange(6).astype(dtype).compute()) as NDArray).data,
        };
        for (const form of [
          made,
          `np.asfortranarray(${made})`,
          `np.repeat(${made}, 2, 0)[::2]`,
          `np.repeat(${made}, 2, 1)[:, ::2]`,
          `${made}.astype(${made}.dtype.newbyteorder(">"))`,
        ])
          expect(await np(form), form).toEqual(back);
        // Within other data, too.
        expect(await np(`{"a": [np.asfortranarray(${made})], "b": 1}`), dtype).toEqual({ a: [back], b: 1 });
        const one = viewOf(dtype, new Uint8Array(8).buffer, 0, 1);
        expect(await np(`np.zeros((), "${dtype}")`)).toEqual({ dtype, shape: [], data: one });
      }
      expect(await np('np.array([1.5, 2], "float16")')).toEqual({
        dtype: 'float32',
        shape: [2],
        data: Float32Array.of(1.5, 2),
      });
      expect(await np('np.array([["a", "b"]])')).toEqual([['a', 'b']]);
      await expect(np('np.zeros(2, "complex128")').result()).rejects.toThrow(
        /NumPy array of complex128 cannot/,
      );
    });

    test('typed arrays, blocks, scalars and arrays of numpy-ts are arguments', async () => {
      const seen = await py('(x.dtype.name, x.sum(), y.dtype.name, y.shape, z + 1, n.shape, len(b))', {
        x: Float32Array.of(1, 2),
        y: { dtype: 'bool', shape: [2, 1], data: Uint8Array.of(1, 0) },
        z: arange(4).sum(),
        n: await arange(4).reshape([2, 2]).compute(),
        b: Uint8Array.of(1, 2, 3),
      });
      expect(seen).toEqual(['float32', 3, 'bool', [2, 1], 7, [2, 2], 3]);
      expect(await client.python('builtins:sum', [client.scatter(Float64Array.of(1, 2.5))])).toBe(3.5);
    });

    test('results of NumPy are blocks: a decomposition', async () => {
      const x = arange(12, { chunks: 5 }).reshape([4, 3]);
      const [u, s, vt] = await client.python<{ data: Float64Array; shape: number[] }[]>(
        'numpy.linalg:svd',
        [x],
        { full_matrices: false },
      );
      const part = (b: typeof u) => asarray([...b!.data]).reshape(b!.shape);
      const again = (await part(u).multiply(part(s)).matmul(part(vt)).compute()) as NDArray<'float64'>;
      const error = Math.max(...[...again.data].map((value, i) => Math.abs(value - i)));
      expect(error).toBeLessThan(1e-13);
    });

    test('frames are pandas there and Arrow here', async () => {
      const frame = fromColumns({ g: ['a', 'b', 'a'], x: Float64Array.of(1, 2, 4) });
      const table = tableFromArrays({ n: Int32Array.of(5, 6) });
      const described = await py(
        '(type(f).__module__.split(".")[0], f.x.sum(), list(f.columns), t.n.tolist())',
        {
          f: frame,
          t: table,
        },
      );
      expect(described).toEqual(['pandas', 7, ['g', 'x'], [5, 6]]);
      const back = client.python<Table>('copy:copy', [frame]);
      const rows = (table: Table) => table.toArray().map((row) => row.toJSON());
      expect(rows(await back)).toEqual([
        { g: 'a', x: 1 },
        { g: 'b', x: 2 },
        { g: 'a', x: 4 },
      ]);
      const sums = py<Table>('f.groupby("g", as_index=False).sum()', { f: back });
      const column = py<Table>('f.x', { f: sums });
      const both = await client.gather({ sums, column });
      expect(rows(both.sums)).toEqual([
        { g: 'a', x: 5 },
        { g: 'b', x: 2 },
      ]);
      expect(rows(both.column)).toEqual([{ x: 5 }, { x: 2 }]);
      const bytes = client.submit(
        (table: unknown) => (table as { $arrow: Uint8Array }).$arrow.length > 100,
        sums,
      );
      expect(await bytes).toBe(true);
    });

    test('frames are refused by a worker that has nothing to read them with', async () => {
      const modules = "__import__('sys').modules";
      await py(`${modules}.update(kept=${modules}.get('pyarrow'), pyarrow=None)`);
      try {
        const len = client.python('builtins:len', [fromColumns({ x: [3] })]);
        const error = /frames travel as Arrow, .*: install pyarrow and pandas for .*python/;
        expect((await len.exception())?.message).toMatch(error);
        const inside = client.submit(
          (data: object) => ({ data }),
          client.scatter({ $arrow: new Uint8Array(8) }),
        );
        expect((await py('f["data"].x', { f: inside }).then(String, String)) as string).toMatch(error);
      } finally {
        await py(
          `[${modules}.pop('pyarrow'), ${modules}['kept'] and ${modules}.update(pyarrow=${modules}['kept']), ${modules}.pop('kept')][:0]`,
        );
      }
      expect(await client.python('builtins:len', [fromColumns({ x: [3, 4, 5] })])).toBe(3);
    });

    test('what only looks like a frame or an array is refused, or passed as it is', async () => {
      const same = <T>(value: T): T => value;
      const arrow = client.submit(same, { $arrow: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
      expect((await client.python('builtins:len', [arrow]).exception())?.message).toMatch(/Arrow/);
      const picture = { dtype: 'rgb', shape: [2, 2], data: Uint8Array.of(1, 2, 3) };
      const short = { dtype: 'uint8', shape: [2, 2], data: Uint8Array.of(1, 2, 3) };
      const both = client.submit(same, [picture, short]);
      expect(await client.python('builtins:list', [both])).toEqual([picture, short]);
    });

    test('dictionaries whose names are no text are maps, at any depth', async () => {
      const pairs = [
        [1, 'number'],
        ['1', 'text'],
        [null, true],
      ];
      const map = new Map(pairs as [unknown, unknown][]);
      const made = client.python('builtins:dict', [pairs]);
      expect(await made).toEqual(map);
      expect(await py('[d, (type(d) is dict, d == dict(p))]', { d: map, p: pairs })).toEqual([
        map,
        [true, true],
      ]);
      expect(await client.python('builtins:len', [made])).toBe(3);
      expect(await client.submit((d: unknown) => (d instanceof Map ? d.get(1) : d), made)).toBe('number');
    });

    test('each language reads what the other computed, also while it is pending', async () => {
      const a = client.python<number>('math:sqrt', [16]);
      const b = client.submit((n: number) => n + 1, a);
      const c = client.python<number>('builtins:pow', [b, 2]);
      expect(await client.gather([a, b, c])).toEqual([4, 5, 25]);
      const block = client.python<{ data: Float64Array }>('numpy:cumsum', [arange(4, { chunks: 2 })]);
      const last = client.submit((x: { data: Float64Array }) => x.data[3]!, block);
      expect(await last).toBe(6);
    });

    test('objects stay where they are, for other calls', async () => {
      const third = client.python('fractions:Fraction', [1, 3]);
      expect(await client.python('builtins:str', [third])).toBe('1/3');
      const unreadable = `the result of "${third.key}" cannot be read by Node: it is a Python object, `;
      await expect(third.result()).rejects.toThrow(unreadable);
      expect((await client.submit((x: unknown) => x, third).exception())?.message).toContain(unreadable);
      const complex = client.python('numpy:ones', [3], { dtype: 'complex128' });
      await expect(complex.result()).rejects.toThrow(
        `the result of "${complex.key}" cannot be read by Node: a NumPy array of complex128 cannot be sent to Node: convert it`,
      );
    });

    test('errors are told as Python tells them', async () => {
      const error = (await client.python('math:sqrt', [-1]).exception()) as TaskError;
      expect(error).toBeInstanceOf(TaskError);
      expect(error.message).toContain('ValueError');
      const deep = await client.python('json:loads', ['{']).exception();
      expect(deep?.message).toContain('JSONDecodeError');
      expect(
        String((deep as TaskError).cause instanceof Error && ((deep as TaskError).cause as Error).stack),
      ).toContain('json/decoder.py');
      const missing = await client.python('no_such_module:f').exception();
      expect(missing?.message).toContain("No module named 'no_such_module': install it for ");
      const attribute = await client.python('math:squareroot', [1]).exception();
      expect(attribute?.message).toContain("module 'math' has no attribute 'squareroot'");
      const reader = client.submit((n: number) => n, client.python<number>('math:sqrt', [-1]));
      expect((await reader.exception())?.message).toContain('ValueError');
    });

    test('retries, priorities and cancelling', async () => {
      const flaky =
        "(l := __import__('sys').__dict__.setdefault('tried', [])).append(1) or 6 // (len(l) // 3)";
      expect(await client.with({ retries: 2 }).python('builtins:eval', [flaky, {}])).toBe(6);
      // Until the others are where it is, and wait for its thread.
      const blocker = client.python('builtins:eval', [
        `[*iter(lambda: len(__import__('distributed').get_worker().state.ready) >= 3 or __import__('time').sleep(0.02), True)]`,
        {},
      ]);
      const note = (n: number, priority: number) =>
        client
          .with({ priority })
          .python('builtins:eval', [`__import__('sys').__dict__.setdefault('order', []).append(${n})`, {}]);
      const notes = [note(1, 0), note(2, 5), note(3, 10)];
      await client.gather([blocker, ...notes]);
      expect(
        await client.with({ pure: false }).python('builtins:eval', ["__import__('sys').order", {}]),
      ).toEqual([3, 2, 1]);
      const slow = client.python('time:sleep', [600]);
      const waiting = client.python('builtins:str', [slow]);
      waiting.cancel();
      slow.cancel();
      expect([slow.status, waiting.status]).toEqual(['cancelled', 'cancelled']);
      await other.kill();
      other = await startPythonWorker(python, scheduler.address);
      expect(await client.python('builtins:abs', [-1])).toBe(1);
    });

    test('calls wait for a worker that went, and run on the one that comes', async () => {
      const first = client.python('time:sleep', [600]);
      await other.kill();
      // The scheduler knows that it is gone when it refuses another call.
      let refused: unknown;
      for (let i = 0; !refused; i++) refused = await client.python('builtins:abs', [-i]).exception();
      expect(refused).toBeInstanceOf(EngineError);
      expect(String(refused)).toContain(`start one, "dask worker ${scheduler.address}"`);
      expect(first.status).toBe('pending');
      first.cancel();
      other = await startPythonWorker(python, scheduler.address);
      expect(await client.python('builtins:abs', [-7])).toBe(7);
    });

    test('bad calls are refused where they are made', () => {
      expect(() => client.python('math.sqrt', [1])).toThrow('is named as module:function');
      expect(() => client.python('os:system; x', [1])).toThrow(TypeError);
      expect(() => client.python('math:sqrt', [() => 1])).toThrow('argument 1 is a function');
      expect(() => new Client().python('math:sqrt', [1])).toThrow(EngineError);
    });
  },
  'libraries',
);

for (const version of ['newest', '2025.4.0', '2024.12.1'] as const)
  await describeWithDask(
    `Python beside Node, distributed ${version}`,
    (python) => {
      test('values, arrays and errors', async () => {
        const scheduler = await startScheduler(python);
        await startWorker(scheduler.address);
        await using engine = await connect(scheduler.address);
        const client = new Client(engine);
        const early = await client.python('math:sqrt', [4]).exception();
        expect(early?.message).toContain('no Python worker');
        await startPythonWorker(python, scheduler.address);
        const squares = client.submit((n: number) => n * n, client.python<number>('math:sqrt', [9]));
        expect(await squares).toBe(9);
        const sum = client.python('numpy:sum', [arange(10, { chunks: 3 })], { keepdims: true });
        expect(await sum).toEqual({ dtype: 'float64', shape: [1], data: Float64Array.of(45) });
        expect((await client.python('math:sqrt', [-1]).exception())?.message).toContain('ValueError');
        expect(scheduler.log()).not.toMatch(/AssertionError|CRITICAL/);
      });

      test('calls that wait are not given to a Node worker that comes, and Python clients go on', async () => {
        const scheduler = await startScheduler(python);
        await startPythonWorker(python, scheduler.address);
        await using engine = await connect(scheduler.address);
        const client = new Client(engine);
        const waiting = Array.from({ length: 40 }, (_, i) =>
          client.python<null>('time:sleep', [0.1 + i / 1e6]),
        );
        const script = join(import.meta.dirname, '../client/python_client.py');
        const program = promisify(execFile)(python, ['-B', script, 'compute', scheduler.address]);
        const node = await startWorker(scheduler.address);
        const squares = client.map((n: number) => n * n, [1, 2, 3]);
        expect(await client.gather(waiting)).toEqual(waiting.map(() => null));
        expect(await client.gather(squares)).toEqual([1, 4, 9]);
        const seen = JSON.parse((await program).stdout) as { total: number; workers: string[] };
        expect(seen.total).toBe(40425);
        expect(seen.workers).not.toContain(node.address);
        expect(scheduler.log()).not.toMatch(/AssertionError|CRITICAL/);
      });

      test('workers that were there before the module was injected', async () => {
        const scheduler = await startScheduler(python, { preload: false });
        await startPythonWorker(python, scheduler.address);
        await startWorker(scheduler.address);
        await using engine = await connect(scheduler.address, { inject: true });
        const client = new Client(engine);
        const nine = client.submit((n: number) => n * n, client.python<number>('math:sqrt', [9]));
        expect(await nine).toBe(9);
      });
    },
    version,
  );
