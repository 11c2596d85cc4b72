import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SpillStore } from '../../src/engine/disk/store.js';
import { type LocalEngine, MemoryLimitError, SpillError } from '../../src/engine/index.js';
import { limitLeaving } from '../support/memory.js';
import { startChild } from './support/child.js';
import { disposeOfEngines, makeEngine } from './support/engine.js';
import { fillTask, graphOf, rejection, sumTask, valueIn } from './support/graphs.js';

const MIB = 2 ** 20;
/** Doubles of a block of 8 MiB. */
const LENGTH = MIB;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tilework-spill-'));
});
afterEach(async () => {
  // Those that a test has done with may be writing still.
  await disposeOfEngines();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
});

const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `block-${i}`);
const fills = (count: number) => keysOf(count).map((key, i) => fillTask(key, i, LENGTH));
const doubles = (result: unknown): Float64Array =>
  (result as { blocks: readonly [{ data: Float64Array }] }).blocks[0].data;
const holds = (data: Float64Array, value: number): boolean =>
  data.length === LENGTH && data.every((x) => x === value);

/** What is being written to disk when it is given up keeps its memory until it was written. */
const nothingLeft = (engine: LocalEngine): Promise<void> =>
  expect.poll(() => engine.stats()).toMatchObject({ memory: { used: 0 }, spill: { onDisk: 0 } });

describe('results larger than memory', () => {
  test('are on disk, and come back whole one at a time', async () => {
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
    const keys = keysOf(40);
    using results = await engine.run(graphOf(...fills(40)), keys);
    const { memory, spill } = engine.stats();
    expect(memory.touched).toBeLessThanOrEqual(memory.budget);
    expect(spill.onDisk).toBeGreaterThan(200 * MIB);
    for (const [i, key] of keys.entries()) {
      expect(holds(doubles(await results.load(key)), i)).toBe(true);
      results.release(key);
    }
    await nothingLeft(engine);
    await engine.dispose();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that are on disk are not to be had without waiting', async () => {
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
    const keys = keysOf(20);
    using results = await engine.run(graphOf(...fills(20)), keys);
    const states = keys.map((key) => {
      try {
        results.get(key);
        return 'here';
      } catch (error) {
        expect(error).toBeInstanceOf(SpillError);
        return 'on disk';
      }
    });
    expect(new Set(states)).toEqual(new Set(['here', 'on disk']));
  });

  test('held in memory all at once are refused', async () => {
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
    const keys = keysOf(20);
    using results = await engine.run(graphOf(...fills(20)), keys);
    const loading = Promise.all(keys.map((key) => results.load(key)));
    await expect(loading).rejects.toThrow(MemoryLimitError);
  });

  test('are streamed without going to disk', async () => {
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
    let sum = 0;
    await engine.run(graphOf(...fills(60)), keysOf(60), {
      onOutput: (_, result) => {
        sum += doubles(result)[LENGTH - 1]!;
      },
    });
    expect(sum).toBe((59 * 60) / 2);
    expect(engine.stats().spill.written).toBe(0);
    expect(engine.stats().memory.peak).toBeLessThan(64 * MIB);
  });

  test('that are needed again are read back for it', async () => {
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
    await engine.persist(graphOf(...fills(30)), keysOf(30));
    expect(engine.stats().spill.onDisk).toBeGreaterThan(100 * MIB);
    const sums = keysOf(30).map((key, i) => sumTask(`sum-${i}`, [key, `block-${(i + 7) % 30}`], LENGTH));
    const totals = sums.map(({ key }) => ({ key: `total-${key}`, op: 'total', inputs: [key], params: null }));
    using results = await engine.run(
      graphOf(...sums, ...totals),
      totals.map(({ key }) => key),
    );
    for (let i = 0; i < 30; i++)
      expect(valueIn(results.get(`total-sum-${i}`))).toBe((i + ((i + 7) % 30)) * LENGTH);
    engine.release(keysOf(30));
    await nothingLeft(engine);
  });
});

describe('a task that does not fit', () => {
  test('is refused with what it needs and what there is', async () => {
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
    const graph = graphOf(fillTask('small', 1, LENGTH), fillTask('huge', 1, 32 * LENGTH));
    const error = (await rejection(engine.run(graph, ['small', 'huge']))) as MemoryLimitError;
    expect(error).toBeInstanceOf(MemoryLimitError);
    expect(error).toMatchObject({ key: 'huge', op: 'fill', needed: 256 * MIB });
    expect(error.message).toMatch(
      /^task "huge" \(fill\) needs 268435456 bytes .* memory limit of \d+ bytes .* smaller chunks or a larger memoryLimit$/,
    );
    await expect.poll(() => engine.stats().memory.used).toBe(0);
  });
});

// Root in a container may still lack the right to mount.
const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = mkdtempSync(join(tmpdir(), 'tilework-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
})();

describe('a disk that is full', () => {
  test.skipIf(!canMount)('is named, and nothing is left on it', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', directory]);
    try {
      const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: directory });
      const error = (await rejection(engine.run(graphOf(...fills(40)), keysOf(40)))) as SpillError;
      expect(error).toBeInstanceOf(SpillError);
      expect(error.message).toContain(
        `cannot write 8388608 bytes of a block to the spill directory ${directory}`,
      );
      expect(error.message).toContain('the disk is full');
      expect(error.cause).toHaveProperty('code', 'ENOSPC');
      await nothingLeft(engine);
      // What fits is computed as before.
      using results = await engine.run(graphOf(...fills(3)), ['block-2']);
      expect(doubles(results.get('block-2'))[0]).toBe(2);
      await engine.dispose();
      expect(readdirSync(directory)).toEqual([]);
    } finally {
      execFileSync('umount', [directory]);
    }
  });

  test('a spill directory that cannot be made is named', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const engine = makeEngine({ memoryLimit: limitLeaving(40 * MIB), spillDirectory: join(file, 'below') });
    const error = await rejection(engine.run(graphOf(...fills(40)), keysOf(40)));
    expect(error).toBeInstanceOf(SpillError);
    expect((error as Error).message).toContain('choose another by the option spillDirectory');
  });
});

/** A program that has blocks on disk, says so, and waits. */
const spillingProgram = (directory: string): string => `
  const engine = new LocalEngine({ threads: 1, memoryLimit: '192MiB', spillDirectory: ${JSON.stringify(directory)} }, { entry });
  const tasks = Array.from({ length: 40 }, (_, i) => graphs.fillTask('b' + i, i, ${LENGTH}));
  await engine.persist(graphs.graphOf(...tasks), tasks.map((task) => task.key));
  console.log('spilled', engine.stats().spill.onDisk > 50e6);
  setInterval(() => {}, 1000);
`;

describe('the spill directory', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is removed at %s, which has its effect',
    async (signal) => {
      const child = startChild(spillingProgram(directory));
      await child.printed('spilled true');
      expect(readdirSync(directory).length).toBe(1);
      expect(statSync(join(directory, readdirSync(directory)[0]!)).mode & 0o777).toBe(0o700);
      child.process.kill(signal);
      expect(await child.ended).toMatchObject({ code: null, signal });
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test('is removed at a signal, which has its effect, by two copies of the package too', async () => {
    const dist = join(import.meta.dirname, '../../dist');
    const child = startChild(`
      const { createRequire } = await import('node:module');
      const dist = ${JSON.stringify(dist)};
      const copies = [await import(dist + '/esm/index.js'), createRequire(import.meta.url)(dist + '/cjs/index.cjs')];
      const upload = { hash: 'ab', files: new Map([['package/index.js', new Uint8Array(0)]]) };
      for (const { LocalEngine } of copies)
        await new LocalEngine({ threads: 1, spillDirectory: ${JSON.stringify(directory)} }).upload(upload);
      console.log('uploaded', process.listenerCount('SIGINT'));
      setInterval(() => {}, 1000);
    `);
    await child.printed('uploaded 2');
    expect(readdirSync(directory).length).toBe(2);
    child.process.kill('SIGINT');
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('by default is of a user alone, or is refused', async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = directory;
    try {
      const own = join(directory, `tilework-${process.getuid!()}`);
      const write = async (): Promise<void> => {
        const engine = makeEngine();
        const made = new SpillStore(engine.settings.spillDirectory);
        await made.write(1, new Uint8Array(8)).finally(() => made.close());
      };
      await write();
      chmodSync(own, 0o777);
      await expect(write()).rejects.toThrow(/no directory that this user alone may change.*spillDirectory/);
      rmdirSync(own);
      symlinkSync(mkdtempSync(join(directory, 'elsewhere-')), own);
      await expect(write()).rejects.toThrow(SpillError);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  test('is removed at the end of the process, by an error too', async () => {
    const child = startChild(`${spillingProgram(directory)}; throw new Error('the end');`);
    const { code, output } = await child.ended;
    expect(output).toContain('the end');
    expect(code).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of a process that was killed is removed by the next engine', async () => {
    const child = startChild(spillingProgram(directory));
    await child.printed('spilled true');
    child.process.kill('SIGKILL');
    await child.ended;
    expect(readdirSync(directory).length).toBe(1);
    makeEngine({ spillDirectory: directory });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of a process that lives is left alone, though another has its number next, and so is what is no engine’s', async () => {
    const child = startChild(spillingProgram(directory));
    await child.printed('spilled true');
    const owned = readdirSync(directory)[0]!;
    const old = new Date(Date.now() - 3_600_000);
    const make = (name: string, lock?: object, file?: string): string => {
      const path = join(directory, name);
      mkdirSync(path);
      if (lock) writeFileSync(join(path, 'owner.json'), JSON.stringify(lock));
      if (file) writeFileSync(join(path, file), 'mine');
      utimesSync(path, old, old);
      return name;
    };
    const host = hostname();
    const reused = make(`tilework-${process.pid}-1-0`, { pid: process.pid, started: '1', host });
    make('tilework-1-1-empty');
    // A user's own, and what another machine has on a disk that both see.
    const stay = [
      make('something-else'),
      make('2024-01-31', undefined, 'data.csv'),
      make('2024-02-01'),
      make('tilework-1-1-full', undefined, 'data.csv'),
      make('tilework-1-1-there', { pid: 2 ** 30, started: '1', host: `not-${host}` }),
    ];
    makeEngine({ spillDirectory: directory });
    const inProc = existsSync('/proc/self/stat');
    expect(readdirSync(directory).sort()).toEqual([...(inProc ? [] : [reused]), owned, ...stay].sort());
    expect(readdirSync(join(directory, '2024-01-31'))).toEqual(['data.csv']);
    child.process.kill('SIGTERM');
    await child.ended;
  });
});

describe('a process', () => {
  test('may be given its program as text', async () => {
    const { code, output } = await startChild(
      `const engine = new LocalEngine({ threads: 2 }, { entry });
       console.log((await engine.run(graphs.tree(64), ['root'])).get('root').value);`,
      { asText: true },
    ).ended;
    expect(output).toBe('2080\n');
    expect(code).toBe(0);
  });

  test('ends by itself, without disposing of the engine', async () => {
    const child = startChild(`
      const engine = new LocalEngine({ threads: 2 }, { entry });
      const results = await engine.run(graphs.tree(64), ['root']);
      console.log(results.get('root').value, process.getActiveResourcesInfo().join());
    `);
    const { code, output } = await child.ended;
    expect(output).toMatch(/^2080 /);
    expect(code).toBe(0);
  });

  test('does not end while it waits for memory that a cancelled task has still', async () => {
    const [started, released] = [join(directory, 'started'), join(directory, 'released')];
    const child = startChild(`
      import { existsSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      const length = ${LENGTH};
      const memoryLimit = process.memoryUsage.rss() + 160 * ${MIB};
      const spillDirectory = ${JSON.stringify(join(directory, 'spilled'))};
      const engine = new LocalEngine({ threads: 2, memoryLimit, spillDirectory }, { entry });
      const results = await engine.run(graphs.graphOf(graphs.fillTask('kept', 7, 4 * length)), ['kept']);
      const params = ${JSON.stringify({ started, released })};
      const hold = { key: 'hold', op: 'hold', inputs: [], params, out: [{ dtype: 'float64', shape: [6 * length] }] };
      const abort = new AbortController();
      const run = engine.run(graphs.graphOf(hold), ['hold'], { signal: abort.signal });
      while (!existsSync(params.started)) await sleep(5);
      abort.abort();
      await run.catch(() => {});
      console.log('memory in use', engine.stats().memory.used / ${MIB});
      const loaded = results.load('kept');
      console.log('waits');
      console.log('loaded', (await loaded).blocks[0].data[0]);
    `);
    await child.printed('waits');
    // Long enough for a process to end that would not wait.
    await sleep(100);
    writeFileSync(released, '');
    const { code, output } = await child.ended;
    expect(output).toBe('memory in use 48\nwaits\nloaded 7\n');
    expect(code).toBe(0);
  });

  test('leaves no handle behind after disposal', async () => {
    const child = startChild(`
      const handles = () => [
        process.getActiveResourcesInfo().length,
        ...['exit', 'SIGINT', 'SIGTERM', 'SIGHUP'].map((event) => process.listenerCount(event)),
      ];
      console.log('start');
      // The streams that threads write through stay open, as a process's own do.
      void [process.stdout, process.stderr];
      const before = handles();
      const engine = new LocalEngine({ threads: 2 }, { entry });
      const results = await engine.run(graphs.tree(64), ['root']);
      await engine.dispose();
      // Handles close in turns of the event loop of their own.
      let after;
      const gone = () => (after = handles()).every((count, i) => count <= before[i]);
      for (let i = 0; i < 400 && !gone(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      console.log(gone() || [before, after, process.getActiveResourcesInfo()]);
    `);
    const { code, output } = await child.ended;
    expect(output).toBe('start\ntrue\n');
    expect(code).toBe(0);
  });

  test.skipIf(process.platform !== 'linux')(
    'stays within its limit at its peak, with blocks two and a half times as large',
    async () => {
      const limit = 256 * MIB;
      const child = startChild(`
      import { readFileSync } from 'node:fs';
      const engine = new LocalEngine({ threads: 2, memoryLimit: ${limit}, spillDirectory: ${JSON.stringify(directory)} }, { entry });
      const count = 80;
      const numbers = Array.from({ length: count }, (_, i) => i);
      const fills = numbers.map((i) => graphs.fillTask('b' + i, i, ${LENGTH}));
      // Every block is read again when all have been made, so that they must wait on disk whatever the order.
      const total = (key, inputs) => ({ key, op: 'total', inputs, params: null });
      const first = numbers.map((i) => total('f' + i, ['b' + i]));
      const all = { key: 'all', op: 'add', inputs: first.map(({ key }) => key), params: null };
      const last = numbers.map((i) => total('l' + i, ['b' + i, 'all']));
      let sum = 0;
      await engine.run(graphs.graphOf(...fills, ...first, all, ...last), last.map(({ key }) => key), {
        onOutput: (key, { value }) => { sum += value; },
      });
      const peak = /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1] * 1024;
      console.log(JSON.stringify({ sum, peak, spilled: engine.stats().spill.written }));
    `);
      const { output } = await child.ended;
      const { sum, peak, spilled } = JSON.parse(output) as { sum: number; peak: number; spilled: number };
      expect(sum).toBe(((79 * 80) / 2) * LENGTH);
      // 640 MiB of blocks, of which less than the limit can be in memory.
      expect(spilled).toBeGreaterThan(384 * MIB);
      expect(peak).toBeLessThan(limit);
    },
  );
});
